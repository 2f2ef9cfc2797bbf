package dev.headwater.kafka;

import static org.apache.beam.sdk.values.TypeDescriptors.integers;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Token;
import dev.headwater.table.Bundles;
import dev.headwater.table.Intervals;
import dev.headwater.table.StreamCommits;
import dev.headwater.table.TableUse;
import dev.headwater.table.WorkFn;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A topic's records, decoded and checked, into a table, in one commit an interval; records that
 * can't be rows into its letters' table. Unbounded. Records in are rows, letters and filtered ones,
 * in every commit.
 *
 * <p>Exactly once, checked against the table itself: each snapshot's summary says which offsets it
 * brought and how far every partition is ({@link Progress}). A commit joins what is there without a
 * gap and without an overlap, upon the very snapshot that is swapped out; what is there already is
 * left out. So a new job goes on where the table ends, and one that was taken back to an older
 * savepoint mends itself. On Flink that takes exactly-once checkpoints; a commit comes with the
 * first checkpoint after its interval.
 */
public final class IngestStream extends StreamCommits<PCollection<RawBatch>> {
  private static final long serialVersionUID = 1;

  /** For another worker's commit of what comes before, after a job was rescaled. */
  private static final Duration BEHIND = Duration.standardSeconds(20);

  private final IngestSpec spec;
  private final Duration interval;

  private IngestStream(IngestSpec spec, Duration interval) {
    this.spec = spec;
    this.interval = interval;
  }

  /** A commit each ten seconds. */
  public static IngestStream of(IngestSpec spec) {
    return new IngestStream(spec, Duration.standardSeconds(10));
  }

  /** How long after the first records of a commit it is sealed, in processing time. */
  public IngestStream every(Duration commitInterval) {
    return new IngestStream(spec, commitInterval);
  }

  @Override
  public PCollection<Committed> expand(PCollection<RawBatch> raw) {
    return Intervals.of(
            raw.apply("Bundles", Bundles.into(sinks(), Ingested.coder()))
                .apply("OneKey", WithKeys.<Integer, Ingested>of(0).withKeyType(integers()))
                .setCoder(KvCoder.of(VarIntCoder.of(), Ingested.coder())),
            interval)
        .apply("InOrder", ParDo.of(new InOrder()))
        .setCoder(SerializableCoder.of(InOrder.Sealed.class))
        .apply("Commit", ParDo.of(new Commit(spec)))
        .setCoder(SerializableCoder.of(Committed.class));
  }

  private IngestSink.Factory sinks() {
    return new IngestSink.Factory(spec, spec.limits.recent(spec.ref.name()));
  }

  /** Commits what a checkpoint holds. */
  private static final class Commit extends WorkFn<InOrder.Sealed, Committed> {
    private static final long serialVersionUID = 1;
    private final IngestSpec spec;
    private transient @Nullable CommitOffsets commits;

    Commit(IngestSpec spec) {
      this.spec = spec;
    }

    @ProcessElement
    @RequiresStableInput
    public void process(@Element InOrder.Sealed sealed, OutputReceiver<Committed> out)
        throws IOException {
      if (commits == null) {
        commits = new CommitOffsets(spec, java.time.Duration.ofMillis(BEHIND.getMillis()));
      }
      List<String> content =
          sealed.parts().stream().flatMap(part -> part.content().stream()).toList();
      try (TableCatalog open = TableCatalog.open(spec.catalog)) {
        Token token = Token.ofContent(spec.sink, content);
        out.output(TableUse.wrote(open, commits.commit(open, token, sealed.parts())));
      }
    }

    @Teardown
    @SuppressWarnings({"EffectivelyPrivate", "UnusedMethod"}) // Beam calls it
    public void close() {
      if (commits != null) {
        commits.close();
        commits = null;
      }
    }
  }
}
