package dev.headwater.kafka;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.files.BadRows;
import dev.headwater.table.LaterLetters;
import dev.headwater.table.RowCheck;
import dev.headwater.upsert.UpsertStream;
import dev.headwater.validate.Letters;
import dev.headwater.validate.Limits;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * How a topic's records become rows of a table, for {@link IngestStream} and {@link IngestTopic}.
 * Immutable.
 */
public final class IngestSpec implements Serializable {
  private static final long serialVersionUID = 1;

  final CatalogConfig catalog;
  final Topic topic;
  final RecordDecoder.Factory decoder;
  final TableRef ref;
  final Table table;
  final TableRef lettersRef;
  final Table letters;
  final String sink;
  final String run;
  final long atMicros;
  final RowCheck.@Nullable Factory check;
  final @Nullable UpsertStream keyed;
  final Limits limits;
  final HashMap<String, String> summary;

  private IngestSpec(
      CatalogConfig catalog,
      Topic topic,
      RecordDecoder.Factory decoder,
      TableRef ref,
      Table table,
      TableRef lettersRef,
      Table letters,
      String sink,
      String run,
      long atMicros,
      RowCheck.@Nullable Factory check,
      @Nullable UpsertStream keyed,
      Limits limits,
      Map<String, String> summary) {
    this.catalog = catalog;
    this.topic = topic;
    this.decoder = decoder;
    this.ref = ref;
    this.table = table;
    this.lettersRef = lettersRef;
    this.letters = letters;
    this.sink = sink;
    this.run = run;
    this.atMicros = atMicros;
    this.check = check;
    this.keyed = keyed;
    this.limits = limits;
    this.summary = new HashMap<>(summary);
  }

  /**
   * Every record a row, into tables that are there: the table, and its letters' beside it ({@link
   * Letters#of}).
   *
   * @param sink the stable name of what writes, unique to it: another topic needs another one
   * @param run the run's id, a folder of data files
   * @param atMicros when the run began, in microseconds since 1970
   * @throws HeadwaterException DATA if there is no such table
   */
  public static IngestSpec of(
      CatalogConfig catalog,
      Topic topic,
      RecordDecoder.Factory decoder,
      TableRef ref,
      String sink,
      String run,
      long atMicros) {
    TableRef lettersRef = Letters.of(ref);
    try (TableCatalog open = TableCatalog.open(catalog)) {
      return new IngestSpec(
          catalog,
          topic,
          decoder,
          ref,
          SerializableTable.copyOf(open.load(ref)),
          lettersRef,
          SerializableTable.copyOf(open.load(lettersRef)),
          sink,
          run,
          atMicros,
          null,
          null,
          Limits.NONE,
          Map.of());
    }
  }

  /** Only rows that pass the check; the others are letters too. Rows that go are not checked. */
  public IngestSpec checked(RowCheck.Factory by) {
    return with(ChangesCheck.of(by), keyed, limits, summary);
  }

  /**
   * A row takes the place of the one with its key, see {@link UpsertStream}; of one partition's
   * rows the last one stays, so that records of one key must be in one partition, or have an order.
   *
   * @param more what else is to be chosen: its order, which rows remove
   */
  public IngestSpec keyed(UnaryOperator<UpsertStream> more, String... key) {
    UpsertStream by = more.apply(UpsertStream.to(catalog, ref, table, sink, run, key));
    return with(check, by, limits, summary);
  }

  /**
   * No more letters than these: a stream looks at a worker's last rows, as many as the sample has,
   * and stops; {@link IngestTopic} at all of its rows too, before anything is committed.
   */
  public IngestSpec limited(Limits by) {
    return with(check, keyed, by, summary);
  }

  /** What each snapshot's summary says besides the token, the counts and the offsets. */
  public IngestSpec summary(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(summary);
    all.putAll(more);
    return with(check, keyed, limits, all);
  }

  private IngestSpec with(
      RowCheck.@Nullable Factory by,
      @Nullable UpsertStream how,
      Limits most,
      Map<String, String> says) {
    return new IngestSpec(
        catalog,
        topic,
        decoder,
        ref,
        table,
        lettersRef,
        letters,
        sink,
        run,
        atMicros,
        by,
        how,
        most,
        says);
  }

  /** Where its table says how far the topic is in it. */
  public TableOffsets offsets() {
    return new TableOffsets(catalog, ref, sink);
  }

  /** Its letters, on their way after the rows. */
  public LaterLetters later() {
    return new LaterLetters(ref, lettersRef, sink);
  }

  BadRows undecoded() {
    return Letters.undecoded(run, atMicros);
  }

  HeadwaterException miscounted(int in, int rows, int bad, int filtered) {
    return new HeadwaterException(
        Kind.FAILED,
        "Cannot decode %s: of %d records its decoder made %d rows, %d letters and %d filtered."
            .formatted(topic, in, rows, bad, filtered),
        "this is a fault of the decoder, not of the data; report it.");
  }
}
