package dev.headwater.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headwater.catalog.CatalogConfig;
import dev.headwater.table.ReadTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Our transforms in a pipeline of Beam's YAML, beside one of Python's: its own command runs it, its
 * own service has our jars.
 */
final class BeamYamlIT {
  private static final Schema RIDES =
      new Schema(
          NestedField.required(1, "id", Types.LongType.get()),
          NestedField.optional(2, "town", Types.StringType.get()),
          NestedField.required(3, "cents", Types.LongType.get()),
          NestedField.optional(4, "note", Types.StringType.get()));

  @Test
  void rowsAreReadCheckedAndWritten() throws Exception {
    String python =
        Python.with("HEADWATER_BEAM_PYTHON", "apache_beam.yaml.main", "apache_beam[yaml]==2.70.0");
    Ours.create("rides", RIDES, PartitionSpec.unpartitioned(), Map.of());
    Ours.append(
        "rides",
        List.of(
            new @Nullable Object[] {1L, "Ulm", 300L, null},
            new @Nullable Object[] {2L, null, 400L, null},
            new @Nullable Object[] {3L, "Bonn", -500L, "b"},
            new @Nullable Object[] {3L, "Bonn", 700L, "c"},
            new @Nullable Object[] {3L, "Bonn", 640L, null},
            new @Nullable Object[] {9L, "Kiel", 100L, null}));

    Path logs = Files.createTempDirectory(Lake.folder(), "yaml");
    Map<String, String> lake = Lake.config().properties();
    try (Expansion service = Expansion.start(logs.resolve("service.log"))) {
      service.run(
          python,
          Path.of("src", "test", "resources", "fares.yaml"),
          new ObjectMapper()
              .writeValueAsString(
                  Map.of(
                      "uri",
                      lake.get(CatalogConfig.URI),
                      "warehouse",
                      lake.get(CatalogConfig.WAREHOUSE),
                      "port",
                      service.port())),
          logs.resolve("python.log"));
    }

    assertThat(Ours.read(ReadTable.of(Lake.config(), Ours.ref("fares"))))
        .containsExactly("{1,\"Ulm\",3}", "{3,\"Bonn\",7}");
    assertThat(Ours.read(ReadTable.of(Lake.config(), Ours.ref("fare_letters")).columns("code")))
        .containsExactly("{\"paid\"}", "{\"required\"}");
  }
}
