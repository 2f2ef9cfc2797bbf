package dev.headwater.kafka;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.commit.BaseCheck;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Token;
import dev.headwater.table.CommitTable;
import dev.headwater.table.LaterLetters;
import dev.headwater.table.Routed;
import dev.headwater.table.Totals;
import dev.headwater.table.WorkFn;
import dev.headwater.table.Written;
import dev.headwater.upsert.Keyed;
import dev.headwater.upsert.LaterRows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * Ranges of a topic that a table has, read again as they are decoded and checked now. Bounded. How
 * far the topic is in the table is not touched: whoever commits the rows takes away, or replaces by
 * key, those that are there.
 */
public final class RereadTopic {
  private RereadTopic() {}

  /** Rows and letters that are written, not yet committed. */
  public static PTransform<PBegin, PCollection<Written>> rows(
      IngestSpec spec, IngestTopic.Ahead again) {
    return new Rows(spec, again);
  }

  /** Rows that take the place of those with their keys which are not newer, committed. */
  public static PTransform<PBegin, PCollection<Committed>> upsert(
      IngestSpec spec, IngestTopic.Ahead again, Token token) {
    return new Together(spec, again, new Commit(spec, token));
  }

  /**
   * Rows of several tables in the place of those that these have of the same records: all come or
   * none, and each once, see {@link LaterRows}. The spec's own table decides.
   *
   * @param gone which rows go, for each route of a table that may have some
   * @param upon what the decision may come upon
   * @param look a last look at the counts; it may throw
   */
  public static PTransform<PBegin, PCollection<Committed>> routed(
      IngestSpec spec,
      IngestTopic.Ahead again,
      Token token,
      Map<String, String> gone,
      BaseCheck upon,
      CommitTable.Check look) {
    IngestSpec all = spec.again();
    return new Together(all, again, new Decide(all, token, gone, upon, look));
  }

  private static final class Rows extends PTransform<PBegin, PCollection<Written>> {
    private static final long serialVersionUID = 1;
    private final IngestSpec spec;
    private final IngestTopic.Ahead again;

    Rows(IngestSpec spec, IngestTopic.Ahead again) {
      this.spec = spec;
      this.again = again;
    }

    @Override
    public PCollection<Written> expand(PBegin begin) {
      return IngestTopic.read(begin, spec, again)
          .apply("Written", ParDo.of(new ToWritten()))
          .setCoder(Written.coder());
    }
  }

  private static final class ToWritten extends WorkFn<KV<Integer, Ingested>, Written> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element KV<Integer, Ingested> part, OutputReceiver<Written> out) {
      out.output(part.getValue().written());
    }
  }

  private static final class Together extends PTransform<PBegin, PCollection<Committed>> {
    private static final long serialVersionUID = 1;
    private final IngestSpec spec;
    private final IngestTopic.Ahead again;
    private final DoFn<KV<Integer, Iterable<Ingested>>, Committed> commit;

    Together(
        IngestSpec spec,
        IngestTopic.Ahead again,
        DoFn<KV<Integer, Iterable<Ingested>>, Committed> commit) {
      this.spec = spec;
      this.again = again;
      this.commit = commit;
    }

    @Override
    public PCollection<Committed> expand(PBegin begin) {
      return IngestTopic.read(begin, spec, again)
          .apply("Together", GroupByKey.create())
          .apply("Commit", ParDo.of(commit))
          .setCoder(SerializableCoder.of(Committed.class));
    }
  }

  private static final class Commit extends WorkFn<KV<Integer, Iterable<Ingested>>, Committed> {
    private static final long serialVersionUID = 1;
    private final IngestSpec spec;
    private final Token token;

    Commit(IngestSpec spec, Token token) {
      this.spec = spec;
      this.token = token;
    }

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<Ingested>> all, OutputReceiver<Committed> out)
        throws IOException {
      List<Written> written = new ArrayList<>();
      List<Keyed> keyed = new ArrayList<>();
      all.getValue()
          .forEach(
              part -> {
                written.add(part.written());
                keyed.add(Objects.requireNonNull(part.keyed()));
              });
      Change change = Change.append(spec.ref, token, List.of());
      LaterLetters letters = spec.later();
      try (TableCatalog open = TableCatalog.open(spec.catalog)) {
        Map<String, String> says = new HashMap<>(spec.summary);
        says.putAll(letters.said(open, token, Totals.of(written).letterFiles()));
        Committed done =
            Objects.requireNonNull(spec.keyed).commit(open, Keyed.of(keyed), change.summary(says));
        letters.finish(open, done.summary());
        out.output(done);
      }
    }
  }

  private static final class Decide extends WorkFn<KV<Integer, Iterable<Ingested>>, Committed> {
    private static final long serialVersionUID = 1;
    private final IngestSpec spec;
    private final Token token;
    private final TreeMap<String, String> gone;
    private final BaseCheck upon;
    private final CommitTable.Check look;

    Decide(
        IngestSpec spec,
        Token token,
        Map<String, String> gone,
        BaseCheck upon,
        CommitTable.Check look) {
      this.spec = spec;
      this.token = token;
      this.gone = new TreeMap<>(gone);
      this.upon = upon;
      this.look = look;
    }

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<Ingested>> all, OutputReceiver<Committed> out)
        throws IOException {
      List<Written> written = new ArrayList<>();
      List<Routed> routed = new ArrayList<>();
      all.getValue()
          .forEach(
              part -> {
                written.add(part.written());
                part.routed().forEach(rows -> routed.add(rows.routed()));
              });
      LaterRows later = new LaterRows(spec.ref);
      List<LaterRows.Part> parts =
          LaterRows.parts(Objects.requireNonNull(spec.routes), routed, gone);
      String tables = parts.stream().map(LaterRows.Part::table).collect(Collectors.joining(","));
      try (TableCatalog open = TableCatalog.open(spec.catalog)) {
        Committed done =
            CommitTable.of(spec.catalog, Change.append(spec.ref, token, List.of()).upon(upon))
                .summary(spec.summary)
                .summary(Map.of(IngestSpec.TABLES, tables))
                .summary(later.said(open, token, parts))
                .letters(spec.lettersRef)
                .check(look)
                .commit(open, written);
        later.finish(open, done.summary());
        out.output(done);
      }
    }
  }
}
