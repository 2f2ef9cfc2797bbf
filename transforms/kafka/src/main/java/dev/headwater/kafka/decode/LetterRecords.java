package dev.headwater.kafka.decode;

import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.files.BadRow;
import dev.headwater.files.Decoded;
import dev.headwater.files.RawRow;
import dev.headwater.table.RowCheck;
import dev.headwater.validate.Retry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Letters of a topic's records, decoded as its records are now. One thread. */
public final class LetterRecords implements Retry.Records, AutoCloseable {
  private final RecordDecoder decoder;
  private final SchemaPolicy policy;

  public LetterRecords(RecordDecoder.Factory decoder) {
    this(decoder, SchemaPolicy.DEFAULT);
  }

  /**
   * As above.
   *
   * @param policy which columns of the records have other names in the table
   */
  public LetterRecords(RecordDecoder.Factory decoder, SchemaPolicy policy) {
    this.decoder = decoder.open();
    this.policy = policy;
  }

  /** A check of the rows that come; those that go pass. */
  public static RowCheck.Factory checked(RowCheck.Factory by) {
    return ChangesCheck.of(by);
  }

  @Override
  public void decode(List<Retry.Row> letters, BiConsumer<Decoded, List<Integer>> to) {
    int[] order =
        IntStream.range(0, letters.size())
            .boxed()
            .sorted(
                Comparator.comparingInt((Integer i) -> envelope(letters.get(i)).partition())
                    .thenComparingLong(i -> letters.get(i).position()))
            .mapToInt(Integer::intValue)
            .toArray();
    TreeMap<Long, Integer> places = new TreeMap<>();
    int partition = -1;
    for (int place : order) {
      int next = envelope(letters.get(place)).partition();
      long offset = letters.get(place).position();
      if (next != partition || places.containsKey(offset)) {
        some(letters, places, to);
        places.clear();
        partition = next;
      }
      places.put(offset, place);
    }
    some(letters, places, to);
  }

  private static RawRow.Envelope envelope(Retry.Row letter) {
    RawRow raw = Objects.requireNonNull(letter.raw());
    return Objects.requireNonNull(raw.envelope(), "a record without its partition");
  }

  /** Records of one partition, by their offsets. */
  private void some(
      List<Retry.Row> letters,
      SortedMap<Long, Integer> places,
      BiConsumer<Decoded, List<Integer>> to) {
    if (places.isEmpty()) {
      return;
    }
    RowBatchBuilder raw = new RowBatchBuilder(RawRecords.SCHEMA);
    places.forEach((offset, place) -> append(raw, letters.get(place)));
    Decoded decoded = decoder.decode(raw.build()).decoded();
    RowBatch rows = decoded.rows().as(policy.renamed(decoded.rows().schema()));
    SortedMap<Long, Integer> none = new TreeMap<>(places);
    long[] each = new long[rows.size()];
    for (int row = 0; row < each.length; row++) {
      each[row] = Objects.requireNonNull(none.remove(decoded.position(row)));
    }
    List<BadRow> bad = new ArrayList<>();
    for (BadRow row : decoded.bad()) {
      bad.add(row.at(Objects.requireNonNull(none.remove(row.position()))));
    }
    to.accept(
        new Decoded(rows, each.length == 0 ? 0 : each[0], each, bad, null),
        List.copyOf(none.values()));
  }

  private static void append(RowBatchBuilder to, Retry.Row letter) {
    RawRow raw = Objects.requireNonNull(letter.raw());
    RawRow.Envelope envelope = envelope(letter);
    List<@Nullable Object[]> headers = new ArrayList<>();
    for (RawRow.Header header : envelope.headers()) {
      headers.add(new @Nullable Object[] {header.name(), header.value()});
    }
    to.append(
        envelope.partition(),
        letter.position(),
        envelope.clock() == null ? null : envelope.micros(),
        envelope.clock(),
        envelope.key(),
        raw.bytes(),
        headers.isEmpty() ? null : headers);
  }

  @Override
  public void close() {
    decoder.close();
  }
}
