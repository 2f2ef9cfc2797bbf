package dev.headwater.examples.flights;

import static dev.headwater.pipelines.project.Partition.month;
import static dev.headwater.pipelines.project.Splits.by;

import dev.headwater.pipelines.project.Files;
import dev.headwater.pipelines.project.MonitorDecl.Period;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectBuilder;
import java.nio.file.Path;

/** The project of headwater.yaml, declared in Java. */
public final class Flights {
  private Flights() {}

  /** Does what the arguments say: {@code run}, {@code plan}, {@code trace late}. */
  public static void main(String[] args) {
    System.exit(declare(Path.of("examples/flights")).run(args));
  }

  static ProjectBuilder declare(Path folder) {
    var p = Project.named("flights").in(folder);
    var flights =
        p.table("flights", Files.parquet("data/*.parquet"))
            .time("date")
            .partition(month("date"))
            .contract("contracts/flights.yaml");
    var airport =
        p.features("airport_delays", flights)
            .key("origin")
            .known("date + interval '6' hour")
            .windows("3h", "24h", "7d")
            .value("flights", "count(*)")
            .value("mean_delay", "avg(delay)")
            .value("late_share", "share(delay > 15)");
    var nation =
        p.features("nation_delays", flights)
            .known("date + interval '12' hour")
            .windows("3h", "24h", "7d")
            .value("flights", "count(*)")
            .value("mean_delay", "avg(delay)")
            .value("late_share", "share(delay > 15)");
    var late =
        p.model("late", flights)
            .input("origin", airport.on("origin"))
            .input("nation", nation.on())
            .input("distance", "distance")
            .input("hour", "extract(hour from date)")
            .input("weekday", "extract(dow from date)")
            .label("delay > 15")
            .split(by("date").trainUntil("2001-05-01").holdoutUntil("2001-06-01"))
            .mlp(64, 64)
            .gate("auc > baseline.auc");
    var scores = p.score("late_scores", late.champion(), flights).where("date >= '2001-06-01'");
    p.monitor("late_drift", scores).by(Period.WEEK);
    return p;
  }
}
