package dev.headwater.validate;

import dev.headwater.catalog.TableRef;
import dev.headwater.files.BadRows;
import dev.headwater.table.LetterMaker;
import java.util.List;
import java.util.Objects;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * The table of dead letters beside a table: one for each row that isn't in it, with why, and all
 * that is needed to try it again. Columns only come: letters of older versions have null in them.
 */
public final class Letters {
  private Letters() {}

  /** The columns that tell what a replay made of a letter. */
  static final String REPLAYS = "replays";

  static final String REPLAY_RUN = "replay_run";
  static final String REPLAYED = "replayed";

  /** Its schema. */
  public static final Schema SCHEMA =
      new Schema(
          required(1, "source", Types.StringType.get(), "the file, the topic, or the transform"),
          required(
              2,
              "position",
              Types.LongType.get(),
              "the row in the file, its byte in a text, its offset in a topic; -1"),
          required(3, "code", Types.StringType.get(), "which rule, for programs"),
          required(4, "reason", Types.StringType.get(), "which rule, for people"),
          optional(5, "column", Types.StringType.get(), "what the rule is about"),
          optional(6, "value", Types.StringType.get(), "what stands there"),
          optional(
              7, "row", Types.StringType.get(), "its values as JSON, where it could be decoded"),
          required(8, "run", Types.StringType.get(), "which run made it a letter"),
          required(9, "at", Types.TimestampType.withZone(), "the run's start"),
          optional(
              10,
              "raw",
              Types.BinaryType.get(),
              "the bytes of a text's row, or of a record's value, before they were decoded"),
          optional(11, "length", Types.LongType.get(), "how many bytes it has; raw may hold fewer"),
          optional(12, "id", Types.StringType.get(), "which letter it is"),
          optional(
              13,
              "reasons",
              Types.ListType.ofRequired(
                  24,
                  Types.StructType.of(
                      required(25, "code", Types.StringType.get(), "as above"),
                      required(26, "reason", Types.StringType.get(), "as above"),
                      optional(27, "column", Types.StringType.get(), "as above"),
                      optional(28, "value", Types.StringType.get(), "as above"))),
              "all rules that it broke, the first one too"),
          optional(14, "form", Types.StringType.get(), "how raw is written: csv, json, record"),
          optional(
              15,
              "fields",
              Types.ListType.ofRequired(29, Types.StringType.get()),
              "the names of a CSV's fields"),
          optional(16, "partition", Types.IntegerType.get(), "of the topic"),
          optional(17, "key", Types.BinaryType.get(), "the record's"),
          optional(
              18,
              "headers",
              Types.ListType.ofRequired(
                  30,
                  Types.StructType.of(
                      required(31, "name", Types.StringType.get(), "the header's"),
                      optional(32, "value", Types.BinaryType.get(), "the header's"))),
              "the record's"),
          optional(19, "timestamp", Types.TimestampType.withZone(), "the record's"),
          optional(
              20, "timestamp_type", Types.StringType.get(), "whose clock: the sender's, Kafka's"),
          optional(21, REPLAYS, Types.IntegerType.get(), "how often it was tried again"),
          optional(22, REPLAY_RUN, Types.StringType.get(), "the run that tried it last"),
          optional(
              23,
              REPLAYED,
              Types.TimestampType.withZone(),
              "when its row came into the table after all; null while it is a letter"));

  /**
   * Letters of rows that could not be decoded.
   *
   * @param run the run's id
   * @param atMicros when the run began, in microseconds since 1970
   */
  public static BadRows undecoded(String run, long atMicros) {
    return (source, texts, rows) -> {
      LetterBatch out = new LetterBatch(run, atMicros);
      rows.forEach(row -> out.add(Letter.of(source, row, texts.of(row))));
      return Objects.requireNonNull(out.take(), "no rows");
    };
  }

  /**
   * Letters of rows that a stage can't compute.
   *
   * @param from the table that they are of
   * @param run the run's id
   * @param atMicros when the run began, in microseconds since 1970
   */
  public static LetterMaker uncomputed(String from, String run, long atMicros) {
    return (rows, why) -> {
      List<Letter.Reason> reasons =
          List.of(new Letter.Reason(why.code(), why.reason(), why.column(), why.value()));
      LetterBatch out = new LetterBatch(run, atMicros);
      for (int row = 0; row < rows.size(); row++) {
        out.add(new Letter(from, -1, reasons, RowJson.row(rows, row), null));
      }
      return Objects.requireNonNull(out.take(), "no rows");
    };
  }

  /** Where a table's letters are. */
  public static TableRef of(TableRef table) {
    return new TableRef(table.catalog(), table.namespace(), table.name() + "__letters");
  }

  private static Types.NestedField required(int id, String name, Type type, String doc) {
    return Types.NestedField.required(id, name, type, doc);
  }

  private static Types.NestedField optional(int id, String name, Type type, String doc) {
    return Types.NestedField.optional(id, name, type, doc);
  }
}
