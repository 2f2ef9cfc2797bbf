package dev.headwater.kafka;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Token;
import dev.headwater.table.LaterLetters;
import dev.headwater.table.Totals;
import dev.headwater.table.Written;
import dev.headwater.upsert.Keyed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    return new Upserted(spec, again, new Commit(spec, token));
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

  private static final class ToWritten extends DoFn<KV<Integer, Ingested>, Written> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element KV<Integer, Ingested> part, OutputReceiver<Written> out) {
      out.output(part.getValue().written());
    }
  }

  private static final class Upserted extends PTransform<PBegin, PCollection<Committed>> {
    private static final long serialVersionUID = 1;
    private final IngestSpec spec;
    private final IngestTopic.Ahead again;
    private final Commit commit;

    Upserted(IngestSpec spec, IngestTopic.Ahead again, Commit commit) {
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

  private static final class Commit extends DoFn<KV<Integer, Iterable<Ingested>>, Committed> {
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
}
