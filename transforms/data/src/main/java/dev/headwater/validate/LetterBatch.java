package dev.headwater.validate;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.files.RawRow;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Letters as rows of their table. One thread. */
public final class LetterBatch {
  private static final int ID_BYTES = 16;

  private final String run;
  private final long atMicros;
  private RowBatchBuilder rows = new RowBatchBuilder(Letters.SCHEMA);

  /**
   * Letters of one run.
   *
   * @param run its id
   * @param atMicros when it began, in microseconds since 1970
   */
  public LetterBatch(String run, long atMicros) {
    this.run = run;
    this.atMicros = atMicros;
  }

  public LetterBatch add(Letter letter) {
    Letter.Reason first = letter.reasons().get(0);
    RawRow raw = letter.raw();
    RawRow.Envelope envelope = raw == null ? null : raw.envelope();
    rows.append(
        letter.source(),
        letter.position(),
        first.code(),
        first.sentence(),
        first.column(),
        first.value(),
        letter.row(),
        run,
        atMicros,
        raw == null ? null : raw.bytes(),
        raw == null ? null : raw.length(),
        id(letter, envelope == null ? -1 : envelope.partition()),
        reasons(letter.reasons()),
        raw == null ? null : raw.form(),
        raw == null || raw.fields().isEmpty() ? null : raw.fields(),
        envelope == null ? null : envelope.partition(),
        envelope == null ? null : envelope.key(),
        envelope == null ? null : headers(envelope.headers()),
        envelope == null ? null : envelope.micros(),
        envelope == null ? null : envelope.clock(),
        null,
        null,
        null);
    return this;
  }

  public int size() {
    return rows.size();
  }

  /** What was added since the last time; null for nothing. */
  public @Nullable RowBatch take() {
    if (rows.size() == 0) {
      return null;
    }
    RowBatch batch = rows.build();
    rows = new RowBatchBuilder(Letters.SCHEMA);
    return batch;
  }

  static List<Object[]> reasons(List<Letter.Reason> reasons) {
    return reasons.stream()
        .map(r -> new Object[] {r.code(), r.sentence(), r.column(), r.value()})
        .toList();
  }

  private static List<Object[]> headers(List<RawRow.Header> headers) {
    return headers.stream().map(h -> new Object[] {h.name(), h.value()}).toList();
  }

  /** The same for the same row of the same run; rows from nowhere have a random one. */
  private String id(Letter letter, int partition) {
    String at = letter.position() < 0 ? UUID.randomUUID().toString() : letter.position() + "";
    return id(run, letter.source(), partition + "", at);
  }

  /** Of the parts that make a letter this one. */
  static String id(String... parts) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(String.join("\0", parts).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
