package dev.headwater.compact;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.catalog.maintain.Rewrite;
import dev.headwater.parquet.FooterCheck;
import dev.headwater.table.WorkFn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.values.KV;
import org.apache.iceberg.DataFile;

/** All groups' files into one commit, if no row was lost or made. */
final class CommitRewrite extends WorkFn<KV<Integer, Iterable<Rewritten>>, Committed> {
  private static final long serialVersionUID = 1;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final CatalogConfig catalog;
  private final CompactPlan plan;
  private final Token token;
  private final HashMap<String, String> summary;

  CommitRewrite(CatalogConfig catalog, CompactPlan plan, Token token, Map<String, String> summary) {
    this.catalog = catalog;
    this.plan = plan;
    this.token = token;
    this.summary = new HashMap<>(summary);
  }

  @ProcessElement
  public void process(
      @Element KV<Integer, Iterable<Rewritten>> all, OutputReceiver<Committed> out) {
    Map<Integer, Rewritten> done = new HashMap<>();
    for (Rewritten part : all.getValue()) {
      done.merge(part.group(), part, CommitRewrite::plus);
    }
    List<Rewrite.Group> groups = new ArrayList<>();
    long rows = 0;
    for (int i = 0; i < plan.groups().size(); i++) {
      CompactPlan.Group group = plan.groups().get(i);
      Rewritten rewritten = done.getOrDefault(i, new Rewritten(i, List.of(), 0, 0));
      check(group, rewritten);
      rows += rewritten.out();
      List<DataFile> files = new ArrayList<>(rewritten.files());
      files.sort(Comparator.comparing(DataFile::location));
      groups.add(group.into(files));
    }
    Rewrite rewrite = Rewrite.of(plan.snapshot().table(), plan.snapshot().snapshotId(), groups);
    Map<String, String> says = new HashMap<>(summary);
    says.put(SummaryKeys.ROWS_IN, Long.toString(rows));
    says.put(SummaryKeys.ROWS_KEPT, Long.toString(rows));
    Change change = rewrite.change(token).summary(says);
    try (TableCatalog open = TableCatalog.open(catalog)) {
      out.output(new Committer(open, new FooterCheck(), PATIENCE).commit(change, rewrite));
    }
  }

  private static Rewritten plus(Rewritten a, Rewritten b) {
    List<DataFile> files = new ArrayList<>(a.files());
    files.addAll(b.files());
    return new Rewritten(a.group(), files, a.in() + b.in(), a.out() + b.out());
  }

  private void check(CompactPlan.Group group, Rewritten done) {
    boolean whole = group.deletes().values().stream().allMatch(Set::isEmpty);
    long inFiles = done.files().stream().mapToLong(DataFile::recordCount).sum();
    if (done.in() != done.out()
        || done.out() != inFiles
        || (whole ? done.in() != group.rows() : done.in() > group.rows())) {
      throw new HeadwaterException(
          Kind.FAILED,
          "Cannot compact %s: %d rows in the files, %d read, %d written, %d in the new files."
              .formatted(plan.snapshot(), group.rows(), done.in(), done.out(), inFiles),
          "run it again; if it happens again it is a fault of Headwater's, please report it.");
    }
  }
}
