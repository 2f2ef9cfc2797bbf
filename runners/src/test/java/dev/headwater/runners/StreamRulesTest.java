package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import java.util.List;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StreamRulesTest {
  @ParameterizedTest
  @CsvSource({
    "--checkpointingInterval=-1, nothing of a stream is ever committed",
    "--numConcurrentCheckpoints=1, out of order after a failure",
    "--numConcurrentCheckpoints=31, may be written twice",
    "--allowNonRestoredState=true, are lost",
    "--enableStableInputDrain=true, is written again"
  })
  void whatLosesOrDoublesRowsIsRefused(String option, String says) {
    FlinkPipelineOptions options = streaming(option);
    assertThatThrownBy(() -> StreamRules.check(options))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining(option.substring(0, option.indexOf('=')))
        .hasMessageContaining(says)
        .hasMessageContaining("Fix: ");
  }

  @Test
  void whatIsSetBySelfPassesAndSoDoesMore() {
    StreamRules.check(streaming());
    FlinkPipelineOptions more = streaming("--numConcurrentCheckpoints=48");
    StreamRules.check(more);
    assertThat(more.getNumConcurrentCheckpoints()).isEqualTo(48);
  }

  private static FlinkPipelineOptions streaming(String... beam) {
    FlinkPipelineOptions options = FlinkEngine.options(List.of(beam), "stream");
    FlinkEngine.streaming(options, List.of(beam), 10_000);
    return options;
  }
}
