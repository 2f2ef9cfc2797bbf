package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.pipelines.LaunchOptions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same project on every runner: all values and all digests are equal, bit by bit. */
final class RunnersAgreeIT {
  /** What a run is known by differs from run to run. */
  private static final List<String> OF_THE_RUN = List.of("run", "at", "source", "id");

  @SuppressWarnings("NullAway.Init") // JUnit fills it in.
  @TempDir
  private Path folder;

  @Test
  void directAndFlinkMakeTheSameTablesAndTheSameModel() {
    SmallFlights direct = two(folder.resolve("direct"));
    direct.run(new LaunchOptions("direct", "dev", List.of("--targetParallelism=1")));
    SmallFlights wide = two(folder.resolve("wide"));
    wide.run(new LaunchOptions("direct", "dev", List.of("--targetParallelism=5")));
    SmallFlights flink = two(folder.resolve("flink"));
    flink.run(new LaunchOptions("flink", "dev", List.of("--parallelism=2")));

    for (SmallFlights other : List.of(wide, flink)) {
      for (String table :
          List.of(
              "flights",
              "flights__letters",
              "airport_delays",
              "nation_delays",
              "late_scores",
              "late_drift")) {
        Map<Map<String, Object>, Integer> expected = multiset(direct, table);
        assertThat(expected).as(table).isNotEmpty();
        Map<Map<String, Object>, Integer> actual = multiset(other, table);
        assertThat(actual.size()).as(table).isEqualTo(expected.size());
        expected.forEach(
            (row, n) -> assertThat(actual.get(row)).as("%s %s", table, row).isEqualTo(n));
      }
      assertThat(digests(other)).contains("\"data\"", "\"weights\"").isEqualTo(digests(direct));
    }
  }

  private static SmallFlights two(Path folder) {
    return SmallFlights.in(folder).flights("b.parquet", "file_row_number % 200 = 3");
  }

  private static String digests(SmallFlights flights) {
    return flights.registry(r -> r.models().find("flights", "late", 1).orElseThrow().detail());
  }

  /** Doubles are equal when their bits are. */
  private static Map<Map<String, Object>, Integer> multiset(SmallFlights flights, String table) {
    Map<Map<String, Object>, Integer> rows = new HashMap<>();
    for (Map<String, Object> row : flights.rows(table)) {
      OF_THE_RUN.forEach(row::remove);
      rows.merge(row, 1, Integer::sum);
    }
    return rows;
  }
}
