package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.StageResult;
import dev.headwater.pipelines.project.Target;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class MetricsTest {
  private static final Target RIDES = new Target(Target.Kind.TABLE, "rides");
  private static final String LABELS = "{project=\"flights\",stage=\"ingest\",target=\"rides\"";

  /** A line of the text format: a comment, or a name with labels and a number. */
  private static final Pattern LINE =
      Pattern.compile(
          "# (HELP|TYPE) [a-z_]+ .+"
              + "|[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*})? -?[0-9.Ee+-]+|.* NaN");

  private final Metrics metrics =
      new Metrics(Clock.fixed(Instant.ofEpochSecond(1_000), ZoneOffset.UTC));

  @Test
  void countsWhatStagesDo() {
    metrics.began(FakeLauncher.HEADER);
    metrics.started(RIDES, "first run");
    metrics.advanced(RIDES, 100, 300);
    assertThat(metrics.text()).contains("headwater_stage_running" + LABELS + "} 1\n");
    metrics.waits(RIDES, "Again in 2 s.");
    // Tried again, it begins at nothing.
    metrics.advanced(RIDES, 20, 300);
    metrics.ended(
        StageResult.done(RIDES, 300, "", 1.5, "", Map.of("rows_kept", 299.0, "run", "019a")));
    metrics.started(RIDES, "1 new file");
    metrics.ended(StageResult.failed(RIDES, 2.5, new IllegalStateException()));
    assertThat(metrics.text().lines())
        .allMatch(line -> LINE.matcher(line).matches())
        .contains(
            "# TYPE headwater_stage_rows_total counter",
            "headwater_stage_rows_total" + LABELS + "} 400",
            "headwater_stage_running" + LABELS + "} 0",
            "headwater_stage_runs_total" + LABELS + ",status=\"done\"} 1",
            "headwater_stage_runs_total" + LABELS + ",status=\"failed\"} 1",
            "headwater_stage_seconds_total" + LABELS + "} 4",
            "headwater_stage_ended_timestamp_seconds" + LABELS + ",status=\"done\"} 1000",
            "headwater_stage_waits_total" + LABELS + "} 1",
            "headwater_stage_figure" + LABELS + ",figure=\"rows_kept\"} 299");
  }

  @Test
  void servesThemAndNothingElse() throws Exception {
    try (MetricsServer server = MetricsServer.open(0, metrics::text)) {
      HttpResponse<String> answer = get(server.port(), "/metrics");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type"))
          .contains("text/plain; version=0.0.4; charset=utf-8");
      assertThat(answer.body()).contains("process_cpu_seconds_total ");
      assertThat(get(server.port(), "/other").statusCode()).isEqualTo(404);
      assertThatThrownBy(() -> MetricsServer.open(server.port(), metrics::text))
          .isInstanceOf(HeadwaterException.class)
          .hasMessageContaining("Cannot serve metrics on port");
    }
  }

  private static HttpResponse<String> get(int port, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
