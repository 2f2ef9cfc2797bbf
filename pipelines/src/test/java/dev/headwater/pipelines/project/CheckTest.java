package dev.headwater.pipelines.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.validate.Contract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckTest {
  private static final Path FLIGHTS = Path.of("../examples/flights");
  private static final Schema SCHEMA =
      new Schema(
          Types.NestedField.optional(1, "date", Types.TimestampType.withoutZone()),
          Types.NestedField.optional(2, "delay", Types.IntegerType.get()),
          Types.NestedField.optional(3, "distance", Types.IntegerType.get()),
          Types.NestedField.optional(4, "origin", Types.StringType.get()),
          Types.NestedField.optional(5, "destination", Types.StringType.get()));

  @Test
  void theExampleFitsItsTable() {
    assertThat(ProjectFile.read(FLIGHTS).check(Map.of("flights", SCHEMA))).isEmpty();
  }

  @Test
  void wrongColumnsAreFoundWithTheirLinesAndTheNearestName() throws IOException {
    String text = Files.readString(FLIGHTS.resolve("headwater.yaml"));
    Project project =
        ProjectFile.parse(
            FLIGHTS,
            "headwater.yaml",
            text.replace("    key: origin\n", "    key: orgin\n")
                .replace("month(date)", "month(origin)")
                .replace("label: delay > 15", "label: dely > 15")
                .replace("distance: distance", "distance: distance + origin")
                .replace("where: \"date >= '2001-06-01'\"", "where: distance + 1"));
    List<Problem> problems = project.check(Map.of("flights", SCHEMA));
    assertThat(problems)
        .extracting(Problem::path)
        .containsExactly(
            "tables.flights.partition",
            "features.airport_delays.key",
            "models.late.label",
            "models.late.inputs.distance",
            "scores.late_scores.where");
    assertThat(problems).allSatisfy(p -> assertThat(p.line()).isPositive());
    assertThat(problems.get(1).what())
        .isEqualTo("no column 'orgin' in table flights. Did you mean 'origin'?");
    assertThat(problems.get(2).what()).contains("dely").contains("delay");
    assertThat(problems.get(4).what()).startsWith("must be true or false, but `distance + 1` is ");
  }

  @Test
  void contractsBecomeRules() {
    Project project = ProjectFile.read(FLIGHTS);
    Contract contract =
        Contracts.of(project, Targets.of(project.tables(), "flights")).orElseThrow();
    assertThat(contract.columns())
        .contains(Contract.ColumnRule.of("delay").asRequired().range("-100", "1500"));
    assertThat(contract.rules()).hasSize(1);
  }

  @Test
  void mistakesInAContractAreToldAtOnce(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("c.yaml"),
        """
        columns:
          delay: {mn: 1, required: yes}
          origin: {pattern: "["}
        max_bad_share: 2
        """);
    assertThatThrownBy(() -> Contracts.read(folder, "c.yaml"))
        .isInstanceOf(ProjectException.class)
        .hasMessageContaining("c.yaml has 4 problems:")
        .hasMessageContaining("line 2  columns.delay.mn: unknown key 'mn'. Did you mean 'min'?")
        .hasMessageContaining("line 2  columns.delay.required: 'yes' is none of true, false.")
        .hasMessageContaining("line 3  columns.origin.pattern: ")
        .hasMessageContaining("line 4  max_bad_share: '2.0' is not a share from 0 to 1");
    assertThatThrownBy(
            () ->
                ProjectFile.parse(
                    folder,
                    "headwater.yaml",
                    "project: p\nsources: {s: x}\ntables: {t: {from: s, contract: none.yaml}}"))
        .hasMessageContaining(
            "line 3  tables.t.contract: none.yaml: there is no such file, or it cannot be read");
  }
}
