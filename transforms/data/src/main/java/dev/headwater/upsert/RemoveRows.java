package dev.headwater.upsert;

import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.Pruning;
import dev.headwater.table.CommitTable;
import dev.headwater.table.DealOut;
import dev.headwater.table.RowLineage;
import dev.headwater.table.Splits;
import dev.headwater.table.WorkFn;
import dev.headwater.table.Written;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;

/**
 * A table without the rows for which a condition is true. Files all of whose rows match go, by
 * their partition and columns' bounds alone where these say so; files with others too are written
 * again without the matching rows; all others stay. Bounded. Commit it with {@link CommitTable} and
 * an {@link dev.headwater.catalog.commit.Edit.Rewrite} of the snapshot that was read.
 */
public final class RemoveRows extends PTransform<PBegin, PCollection<Written>> {
  private static final long serialVersionUID = 1;

  /**
   * What the rows of some files come to.
   *
   * @param files how many files have a row that goes
   * @param rewritten how many of them have others too
   * @param rows how many rows go
   */
  public record Count(int files, int rewritten, long rows) {}

  /** A file that may have a matching row; whether it is certain that it has no others. */
  private record Candidate(TableFile file, boolean whole) implements Serializable {
    private static final long serialVersionUID = 1;
  }

  private final Table base;
  private final Table table;
  private final Expression where;
  private final String sink;
  private final String run;

  /**
   * Removes rows from a table's current snapshot.
   *
   * @param base the table as it is
   * @param table as it will be: files are written for it
   * @param where boolean, over the columns of {@code base}
   */
  public RemoveRows(Table base, Table table, Expression where, String sink, String run) {
    this.base = SerializableTable.copyOf(base);
    this.table = RowLineage.of(table);
    this.where = where;
    this.sink = sink;
    this.run = run;
  }

  /** What would be removed; reads the condition's columns where metadata don't tell. */
  public static Count count(Table base, Expression where) throws IOException {
    int files = 0;
    int rewritten = 0;
    long rows = 0;
    for (Candidate candidate : candidates(base, where)) {
      long all = candidate.file.file().recordCount();
      long[] found = candidate.whole ? new long[] {all, 0} : matches(base, candidate.file, where);
      files += found[0] > 0 ? 1 : 0;
      rewritten += found[0] > 0 && found[1] > 0 ? 1 : 0;
      rows += found[0];
    }
    return new Count(files, rewritten, rows);
  }

  @Override
  public PCollection<Written> expand(PBegin begin) {
    List<Candidate> candidates;
    try {
      candidates = candidates(base, where);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return begin
        .apply("DealOut", DealOut.of(candidates, Candidate.class))
        .apply("Remove", ParDo.of(new Remove(this)))
        .setCoder(Written.coder());
  }

  private static List<Candidate> candidates(Table base, Expression where) throws IOException {
    List<Candidate> out = new ArrayList<>();
    org.apache.iceberg.expressions.Expression others = Pruning.others(where);
    FindFiles.of(
        base,
        Pruning.of(where),
        task -> {
          boolean whole = task.deletes().isEmpty() && !Splits.mayHold(base, task, others);
          out.add(new Candidate(TableFile.of(out.size(), base, task), whole));
        });
    return out;
  }

  /** How many live rows of a file match, and how many don't. */
  private static long[] matches(Table base, TableFile file, Expression where) throws IOException {
    Schema read = where.columns().isEmpty() ? base.schema() : base.schema().select(where.columns());
    long[] found = new long[2];
    file.read(
        base,
        read,
        (batch, first) -> {
          int match = where.select(batch).count();
          found[0] += match;
          found[1] += batch.size() - match;
        });
    return found;
  }

  private static final class Remove extends WorkFn<Candidate, Written> {
    private static final long serialVersionUID = 1;
    private final Table base;
    private final Table table;
    private final Expression where;
    private final String sink;
    private final String run;

    Remove(RemoveRows how) {
      this.base = how.base;
      this.table = how.table;
      this.where = how.where;
      this.sink = how.sink;
      this.run = how.run;
    }

    @ProcessElement
    public void process(@Element Candidate candidate, OutputReceiver<Written> out)
        throws IOException {
      TableFile file = candidate.file;
      long[] found =
          candidate.whole ? new long[] {file.file().recordCount(), 0} : matches(base, file, where);
      if (found[0] == 0) {
        return;
      }
      if (found[1] == 0) {
        out.output(Written.of(List.of(), 0, 0, 0).replaced(file.gone(0, found[0])));
        return;
      }
      out.output(file.rewrite(table, sink, run, (batch, first) -> where.select(batch).not()));
    }
  }
}
