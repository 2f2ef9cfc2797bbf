package dev.headwater.catalog.commit;

import dev.headwater.catalog.TableRef;
import java.util.List;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/**
 * Only upon what was seen of other sinks when the work began, looked at in the metadata that is
 * swapped: if one of them committed since, the change is refused with {@link OvertakenException}.
 *
 * @param seen the newest of their tokens then
 */
public record UponNewest(TableRef table, List<String> sinks, String seen) implements BaseCheck {
  private static final long serialVersionUID = 1;
  private static final String NONE = "none";

  public UponNewest {
    sinks = List.copyOf(sinks);
  }

  /** What a table says now. To be taken before anything is found out from it. */
  public static UponNewest of(TableRef ref, Table now, String... sinks) {
    return new UponNewest(ref, List.of(sinks), newest(History.of(now), List.of(sinks)));
  }

  private static String newest(List<Snapshot> history, List<String> sinks) {
    return history.stream()
        .map(snapshot -> snapshot.summary().getOrDefault(SummaryKeys.TOKEN, ""))
        .filter(token -> sinks.stream().anyMatch(sink -> token.startsWith(sink + "/")))
        .findFirst()
        .orElse(NONE);
  }

  @Override
  public void check(List<Snapshot> history) {
    String now = newest(history, sinks);
    if (!now.equals(seen)) {
      throw new OvertakenException(table, now, seen);
    }
  }

  @Override
  public boolean always() {
    return false;
  }
}
