package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.table.WorkLog;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** Lines of workers, which nobody told what they are about but their job's name. */
final class WorkLogTest {
  private final Map<String, String> before = MDC.getCopyOfContextMap();

  @BeforeEach
  @AfterEach
  void nothing() {
    MDC.clear();
    if (before != null) {
      MDC.setContextMap(before);
    }
  }

  @Test
  void aWorkersLineSaysItsRun() {
    MDC.clear();
    String run = "019a91c2-0000-7000-8000-0123456789ab";
    WorkLog.of(options("flights-score-late_scores-" + run));
    assertThat(line()).contains(" run=" + run + " stage=score target=late_scores [");
  }

  @Test
  void aJobOfAnotherNameSaysNothing() {
    MDC.clear();
    WorkLog.of(options("my-own-pipeline"));
    assertThat(line()).contains(" run=- stage=- target=- [");
  }

  private static PipelineOptions options(String job) {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setJobName(job);
    return options;
  }

  private static String line() {
    return new LogLine().format(new LogRecord(Level.INFO, "x"));
  }
}
