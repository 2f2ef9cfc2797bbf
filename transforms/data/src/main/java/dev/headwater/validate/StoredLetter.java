package dev.headwater.validate;

import dev.headwater.columns.RowBatch;
import dev.headwater.columns.RowBatchBuilder;
import dev.headwater.columns.Values;
import dev.headwater.files.RawRow;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** A letter as its table has it. Immutable. */
public final class StoredLetter {
  private static final Map<String, Integer> PLACES = new HashMap<>();

  static {
    for (Types.NestedField field : Letters.SCHEMA.columns()) {
      PLACES.put(field.name(), PLACES.size());
    }
  }

  private final @Nullable Object[] values;

  private StoredLetter(@Nullable Object[] values) {
    this.values = values;
  }

  /** The columns that a letters' table has of those that it may have; of older versions fewer. */
  public static Schema columns(Schema table) {
    return table.select(PLACES.keySet());
  }

  /** The letters of a batch with {@link #columns}. */
  public static List<StoredLetter> of(RowBatch batch) {
    List<Types.NestedField> fields = batch.schema().columns();
    Values[] columns = new Values[fields.size()];
    int[] places = new int[fields.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = Values.of(batch.column(i), fields.get(i).type());
      places[i] = Objects.requireNonNull(PLACES.get(fields.get(i).name()));
    }
    List<StoredLetter> out = new ArrayList<>();
    for (int row = 0; row < batch.size(); row++) {
      @Nullable Object[] values = new @Nullable Object[PLACES.size()];
      for (int i = 0; i < columns.length; i++) {
        values[places[i]] = columns[i].at(row);
      }
      out.add(new StoredLetter(values));
    }
    return out;
  }

  private @Nullable Object value(String column) {
    return values[Objects.requireNonNull(PLACES.get(column))];
  }

  private String text(String column) {
    return String.valueOf(value(column));
  }

  private @Nullable String textOrNull(String column) {
    Object value = value(column);
    return value == null ? null : value.toString();
  }

  /** Which letter it is; of an older version what its other columns make of it. */
  public String id() {
    String id = textOrNull("id");
    return id != null
        ? id
        : LetterBatch.id(
            text("run"), source(), text("position"), text("code"), text("reason"), text("row"));
  }

  public String source() {
    return text("source");
  }

  public long position() {
    return (Long) Objects.requireNonNull(value("position"));
  }

  /** Of the topic; null for files. */
  public @Nullable Integer partition() {
    return (Integer) value("partition");
  }

  public String run() {
    return text("run");
  }

  /** When the run began, in microseconds since 1970. */
  public long at() {
    return (Long) Objects.requireNonNull(value("at"));
  }

  /** Its values as JSON; null where it could not be decoded. */
  public @Nullable String row() {
    return textOrNull("row");
  }

  /** Whether its row is still not in the table. */
  public boolean isOpen() {
    return value(Letters.REPLAYED) == null;
  }

  /** When its row came into the table, in microseconds since 1970; null while it is open. */
  public @Nullable Long replayed() {
    return (Long) value(Letters.REPLAYED);
  }

  /** How often it was tried again. */
  public int replays() {
    return value(Letters.REPLAYS) instanceof Integer n ? n : 0;
  }

  /** The run that tried it last; null if none did. */
  public @Nullable String replayRun() {
    return textOrNull(Letters.REPLAY_RUN);
  }

  /** All reasons, the first one first. */
  public List<Letter.Reason> reasons() {
    List<Letter.Reason> out = new ArrayList<>();
    if (value("reasons") instanceof List<?> list) {
      for (Object each : list) {
        @Nullable Object[] r = (@Nullable Object[]) each;
        out.add(new Letter.Reason(of(r[0]), of(r[1]), ofNull(r[2]), ofNull(r[3])));
      }
    }
    return out.isEmpty()
        ? List.of(
            new Letter.Reason(
                text("code"), text("reason"), textOrNull("column"), textOrNull("value")))
        : out;
  }

  private static String of(@Nullable Object value) {
    return String.valueOf(value);
  }

  private static @Nullable String ofNull(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  /**
   * What it was before it was decoded; null where the values say it all.
   *
   * @param form of letters that don't say it
   * @param fields of a CSV's letters that don't say it
   */
  public @Nullable RawRow raw(String form, List<String> fields) {
    String own = textOrNull("form");
    ByteBuffer bytes = (ByteBuffer) value("raw");
    if (bytes == null && !RawRow.RECORD.equals(own)) {
      return null;
    }
    long length = value("length") instanceof Long n ? n : 0;
    List<String> names = new ArrayList<>();
    if (value("fields") instanceof List<?> list) {
      list.forEach(name -> names.add(of(name)));
    }
    Integer partition = partition();
    RawRow.Envelope envelope =
        partition == null
            ? null
            : new RawRow.Envelope(
                partition,
                (ByteBuffer) value("key"),
                headers(),
                value("timestamp") instanceof Long micros ? micros : 0,
                textOrNull("timestamp_type"));
    return new RawRow(
        own == null ? form : own, bytes, length, names.isEmpty() ? fields : names, envelope);
  }

  private List<RawRow.Header> headers() {
    List<RawRow.Header> out = new ArrayList<>();
    if (value("headers") instanceof List<?> list) {
      for (Object each : list) {
        @Nullable Object[] header = (@Nullable Object[]) each;
        out.add(new RawRow.Header(of(header[0]), (ByteBuffer) header[1]));
      }
    }
    return out;
  }

  /** Tried again, in vain: with why it is a letter now. */
  public StoredLetter still(String run, List<Letter.Reason> reasons) {
    StoredLetter out = tried(run);
    Letter.Reason first = reasons.get(0);
    return out.with("code", first.code())
        .with("reason", first.sentence())
        .with("column", first.column())
        .with("value", first.value())
        .with("reasons", LetterBatch.reasons(reasons));
  }

  /** Its row is in the table now. */
  public StoredLetter done(String run, long micros) {
    return tried(run).with(Letters.REPLAYED, micros);
  }

  private StoredLetter tried(String run) {
    return with("id", id()).with(Letters.REPLAYS, replays() + 1).with(Letters.REPLAY_RUN, run);
  }

  private StoredLetter with(String column, @Nullable Object value) {
    @Nullable Object[] next = values.clone();
    next[Objects.requireNonNull(PLACES.get(column))] = value;
    return new StoredLetter(next);
  }

  /** As a row of a batch of {@link Letters#SCHEMA}. */
  public void appendTo(RowBatchBuilder batch) {
    batch.append(values);
  }
}
