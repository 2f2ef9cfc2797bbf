package dev.headwater.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.pipelines.project.Files;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectBuilder;
import java.nio.file.Path;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StagesTest {
  @TempDir private Path folder = Path.of("unset");

  @Test
  void stagesOfOneRunSeeATableAlikeThoughAStreamWritesToIt() {
    ProjectBuilder p = Project.named("p").in(folder);
    p.table("t", Files.parquet("data/*.parquet"));
    try (Workspace workspace = Workspace.open(p.build())) {
      Table table =
          workspace
              .catalog()
              .create(
                  TableRef.of("p", "t"),
                  new Schema(Types.NestedField.optional(1, "id", Types.LongType.get())),
                  PartitionSpec.unpartitioned(),
                  SortOrder.unsorted(),
                  Map.of());
      table.newAppend().commit();
      Stages alone = new Stages(workspace, new NoEngine());
      Stages together = alone.together();
      Edge first = together.pin("t");
      table.newAppend().commit();
      assertThat(together.pin("t")).isEqualTo(first).isNotEqualTo(alone.pin("t"));
      together.wrote("t");
      assertThat(together.pin("t")).isEqualTo(alone.pin("t"));
    }
  }

  /** Nothing runs here. */
  private static final class NoEngine implements Engine {
    @Override
    public String name() {
      return "none";
    }

    @Override
    public String version() {
      return "";
    }

    @Override
    public int workers() {
      return 1;
    }

    @Override
    public PipelineOptions options(String jobName) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void run(Pipeline pipeline, String stage, Watch watch) {
      throw new UnsupportedOperationException();
    }
  }
}
