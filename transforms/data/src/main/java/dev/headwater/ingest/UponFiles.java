package dev.headwater.ingest;

import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.BaseCheck;
import dev.headwater.catalog.commit.History;
import dev.headwater.catalog.commit.OvertakenException;
import dev.headwater.catalog.commit.SummaryKeys;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/**
 * Rows of files come only upon the very files that their run has seen in the table, looked at in
 * the metadata that is swapped: of two runs that read a folder at once, on whatever machines, the
 * second is refused with {@link OvertakenException}.
 *
 * @param seen the token of the sink's newest commit when the run began
 */
public record UponFiles(TableRef table, String sink, String seen) implements BaseCheck {
  private static final long serialVersionUID = 1;
  private static final String NONE = "none";

  /**
   * What a table says now. To be taken before it is found out which files it has.
   *
   * @param now empty if it isn't there yet
   */
  public static UponFiles of(TableRef ref, Optional<Table> now, String sink) {
    return new UponFiles(ref, sink, now.map(t -> newest(History.of(t), sink)).orElse(NONE));
  }

  private static String newest(List<Snapshot> history, String sink) {
    return LandedFiles.newest(history, sink)
        .map(snapshot -> snapshot.summary().get(SummaryKeys.TOKEN))
        .orElse(NONE);
  }

  /** What the snapshots of the table and of its letters say of it. */
  public Map<String, String> summary() {
    return Map.of(SummaryKeys.UPON, seen);
  }

  /** The same for a change that is committed even if its files have no row. */
  public BaseCheck withoutRowsToo() {
    return new Always(this);
  }

  private record Always(UponFiles upon) implements BaseCheck {
    private static final long serialVersionUID = 1;

    @Override
    public void check(List<Snapshot> history) {
      upon.check(history);
    }
  }

  @Override
  public void check(List<Snapshot> history) {
    String now = newest(history, sink);
    if (!now.equals(seen)) {
      throw new OvertakenException(table, now, seen);
    }
  }

  @Override
  public boolean always() {
    return false;
  }
}
