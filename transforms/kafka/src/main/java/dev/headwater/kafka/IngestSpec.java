package dev.headwater.kafka;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.files.BadRows;
import dev.headwater.kafka.decode.ChangesCheck;
import dev.headwater.kafka.decode.Decoders;
import dev.headwater.kafka.decode.RecordDecoder;
import dev.headwater.table.LaterLetters;
import dev.headwater.table.Routes;
import dev.headwater.table.RowCheck;
import dev.headwater.table.RowFit;
import dev.headwater.upsert.TakeWindows;
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

  /** Where a summary names the tables that rows went to, with commas. */
  public static final String TABLES = "headwater.routed";

  /** The fact that tells how many rows went to other tables. */
  public static final String ROUTED = "rows_routed";

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
  final RowFit.@Nullable Factory fit;
  final RowCheck.@Nullable Factory check;
  final @Nullable UpsertStream keyed;
  final Limits limits;
  final @Nullable String removing;
  final @Nullable Routes routes;
  final @Nullable TakeWindows windows;
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
      RowFit.@Nullable Factory fit,
      RowCheck.@Nullable Factory check,
      @Nullable UpsertStream keyed,
      Limits limits,
      @Nullable String removing,
      @Nullable Routes routes,
      @Nullable TakeWindows windows,
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
    this.fit = fit;
    this.check = check;
    this.keyed = keyed;
    this.limits = limits;
    this.removing = removing;
    this.routes = routes;
    this.windows = windows;
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
          null,
          Limits.NONE,
          null,
          null,
          null,
          Map.of());
    }
  }

  /**
   * Records whose columns are not the table's, by name, types or their number.
   *
   * @param by the columns that are decoded are those that it reads; of records that change rows it
   *     sees all but {@link Decoders#GONE}
   */
  public IngestSpec fitting(RowFit.Factory by) {
    return with(by, check, keyed, limits, removing, routes, windows, summary);
  }

  /** Only rows that pass the check; the others are letters too. Rows that go are not checked. */
  public IngestSpec checked(RowCheck.Factory by) {
    return checked(by, null);
  }

  /**
   * As above.
   *
   * @param going a check of rows that go: of them only the key is known
   */
  public IngestSpec checked(RowCheck.Factory by, RowCheck.@Nullable Factory going) {
    return with(fit, ChangesCheck.of(by, going), keyed, limits, removing, routes, windows, summary);
  }

  /**
   * A row takes the place of the one with its key, see {@link UpsertStream}; of one partition's
   * rows the last one stays, so that records of one key must be in one partition, or have an order.
   *
   * @param more what else is to be chosen: its order, which rows remove
   */
  public IngestSpec keyed(UnaryOperator<UpsertStream> more, String... key) {
    UpsertStream by = more.apply(UpsertStream.to(catalog, ref, table, sink, run, key));
    return with(fit, check, by, limits, removing, routes, windows, summary);
  }

  /**
   * No more letters than these: a stream looks at a worker's last rows, as many as the sample has,
   * and stops; {@link IngestTopic} at all of its rows too, before anything is committed.
   */
  public IngestSpec limited(Limits by) {
    return with(fit, check, keyed, by, removing, routes, windows, summary);
  }

  /**
   * Of keyed rows those for which a condition is true only remove the one with their key; the
   * {@code deletes} of {@link #keyed} is {@link Decoders#GONE} then.
   *
   * @param where in SQL, over the rows' columns
   */
  public IngestSpec removing(String where) {
    return with(fit, check, keyed, limits, where, routes, windows, summary);
  }

  /**
   * Rows go to the tables that a column of theirs names, each once: also where a job ends between
   * two tables' commits, and goes on without its state. The table of this spec has the offsets, and
   * no rows; letters of rows that name no table come to the others.
   *
   * @param by of its token only the sink counts, which is this spec's
   */
  public IngestSpec routed(Routes by) {
    if (!by.token().sink().equals(sink)) {
      throw new IllegalArgumentException(by.token().sink() + " is not the sink " + sink);
    }
    return with(fit, check, keyed, limits, removing, by, windows, summary);
  }

  /** For records that its tables have already: all of their rows come, and wait for no commit. */
  IngestSpec again() {
    Routes to = routes == null ? null : routes.columnsBefore();
    return with(fit, check, keyed, limits, removing, to, windows, summary);
  }

  /**
   * The first rows of a window of event time take the place of all that the table has of it; later
   * ones are added. No row's time is null.
   */
  public IngestSpec overwriting(TakeWindows by) {
    return with(fit, check, keyed, limits, removing, routes, by, summary);
  }

  /** What each snapshot's summary says besides the token, the counts and the offsets. */
  public IngestSpec summary(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(summary);
    all.putAll(more);
    return with(fit, check, keyed, limits, removing, routes, windows, all);
  }

  private IngestSpec with(
      RowFit.@Nullable Factory fitting,
      RowCheck.@Nullable Factory by,
      @Nullable UpsertStream how,
      Limits most,
      @Nullable String where,
      @Nullable Routes to,
      @Nullable TakeWindows over,
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
        fitting,
        by,
        how,
        most,
        where,
        to,
        over,
        says);
  }

  /** Where its table says how far the topic is in it. */
  public TableOffsets offsets() {
    return new TableOffsets(catalog, ref, sink);
  }

  /** Its letters, on their way after the rows. */
  public LaterLetters later() {
    return new LaterLetters(ref, lettersRef);
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
