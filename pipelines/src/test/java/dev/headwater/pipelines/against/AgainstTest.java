package dev.headwater.pipelines.against;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A project in a repository of git, changed beside what is committed there. */
final class AgainstTest {
  private static final String PROJECT =
      """
      project: rides
      sources: {file: data/*.csv}
      tables:
        rides: {from: file, time: at, contract: rides.yaml}
        long_rides: {sql: "select id, at, zone, minutes, fare from rides where minutes > 10"}
      features:
        zones:
          from: rides
          key: zone
          time: at
          windows: [1h, 1d]
          values: {n: count(*), fare: avg(fare), tips: sum(tip)}
      models:
        tip:
          rows: long_rides
          time: at
          inputs: {zone: {view: zones, key: zone}, minutes: minutes}
          label: fare > 20
          split: {by: at, train_until: 2026-01-02, holdout_until: 2026-01-03}
      scores:
        tips: {model: tip@champion, rows: long_rides}
      """;

  private static final String CONTRACT =
      """
      columns:
        id: {required: true}
        fare: {min: 0, max: 1000}
        zone: {allowed: [a, b, c]}
      rules: {sane: minutes < 1000}
      """;

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  Path folder;

  @BeforeEach
  void commitAProject() throws Exception {
    write("headwater.yaml", PROJECT);
    write("rides.yaml", CONTRACT);
    // What runs read is no part of a repository.
    write(".gitignore", "data/\n");
    write("data/r.csv", "id,at,zone,minutes,fare,tip\n1,2026-01-01T00:00:00,a,12,21.5,1\n");
    git("init", "-q", "-b", "main");
    git("add", "-A");
    git("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-q", "-m", "x");
  }

  @Test
  void nothingBreaksWhereOnlyTheSpellingChanged() throws IOException {
    write("headwater.yaml", "# A comment.\n" + PROJECT.replace("minutes > 10", "minutes  >  10"));
    assertThat(against().exitStatus()).isZero();
    assertThat(reasons()).isEmpty();
    assertThat(text()).contains("nothing that others see has changed.");
  }

  @Test
  void aColumnThatGoesIsFollowedDownToTheModels() throws IOException {
    write("headwater.yaml", PROJECT.replace(", tips: sum(tip)", "").replace("[1h, 1d]", "[1h]"));
    assertThat(against().exitStatus()).isEqualTo(Against.BREAKING);
    assertThat(reasons())
        .containsExactlyInAnyOrder(
            "removed features/zones.tips_1h",
            "removed features/zones.n_1d",
            "removed features/zones.fare_1d",
            "removed features/zones.tips_1d",
            "removed score/tips.zone__tips_1h",
            "removed score/tips.zone__n_1d",
            "removed score/tips.zone__fare_1d",
            "removed score/tips.zone__tips_1d");
    assertThat(change("features/zones", "tips_1h").get("readers"))
        .isEqualTo(
            List.of(
                reader("model/tip", List.of("zone__tips_1h"), List.of()),
                reader(
                    "score/tips",
                    List.of("zone__tips_1h", "probability", "baseline_probability"),
                    List.of())));
  }

  @Test
  void whatDoesNotFitAnyMoreIsToldWithTheColumnThatWent() throws IOException {
    write("data/r.csv", "id,at,zone,minutes,fare\n1,2026-01-01T00:00:00,a,12,21.5\n");
    write(
        "headwater.yaml",
        PROJECT.replace("sources: {file: data/*.csv}", "sources: {file: {files: then/*.csv}}"));
    write("then/r.csv", "id,at,zone,minutes,fare,tip\n1,2026-01-01T00:00:00,a,12,21.5,1\n");
    git("add", "-A");
    git("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-q", "-m", "y");
    write("headwater.yaml", PROJECT);
    assertThat(reasons())
        .contains("unfit features/zones", "removed table/rides.tip", "learned table/rides");
    assertThat(text())
        .contains("table/rides.tip  was long")
        .contains("read by features/zones: tips_1h, tips_1d; does not fit any more")
        .contains("read by model/tip: zone__tips_1h, zone__tips_1d")
        .contains("values.tips: no column 'tip'");
  }

  @Test
  void contractsAreTightenedAndLoosened() throws IOException {
    write(
        "rides.yaml",
        CONTRACT
            .replace("{required: true}", "{}")
            .replace("min: 0, max: 1000", "min: 1, max: 2000")
            .replace("[a, b, c]", "[a, b, d]")
            .replace("{sane: minutes < 1000}", "{sane: minutes < 1000, paid: fare > 0}"));
    assertThat(reasons())
        .containsExactlyInAnyOrder(
            "nullable table/rides.id",
            "tightened table/rides.fare",
            "loosened table/rides.fare",
            "tightened table/rides.zone",
            "tightened table/rides");
    assertThat(text())
        .contains("min 0 -> 1", "max 1000 -> 2000", "allowed without c", "rule paid: fare > 0");
    assertThat(against().exitStatus()).isEqualTo(Against.BREAKING);
    write("rides.yaml", CONTRACT.replace("max: 1000", "max: 1000.5"));
    assertThat(against().exitStatus()).isZero();
    assertThat(reasons()).containsExactly("loosened table/rides.fare");
  }

  @Test
  void namesTypesAndMeaningsAreTold() throws IOException {
    write(
        "headwater.yaml",
        PROJECT
            .replace("minutes, fare from", "minutes as mins, fare from")
            .replace("minutes: minutes", "minutes: mins")
            .replace("avg(fare)", "max(fare)")
            .replace("label: fare > 20", "label: fare > 30")
            .replace("tips: {model", "tipped: {model"));
    assertThat(reasons())
        .containsExactlyInAnyOrder(
            "renamed table/long_rides.minutes",
            "learned features/zones.fare_1h",
            "learned features/zones.fare_1d",
            "trained model/tip",
            "label model/tip",
            "target_removed score/tips",
            "target_added score/tipped");
    assertThat(text())
        .contains("is mins", "score/tips  is score/tipped now", "fare > 20 -> fare > 30");
    // A type that takes all that was there breaks nobody; another does.
    write(
        "headwater.yaml",
        PROJECT.replace("minutes, fare from", "cast(minutes as double) as minutes, fare from"));
    assertThat(reasons()).contains("retyped table/long_rides.minutes");
  }

  @Test
  void onlyWhatIsSelectedIsTold() throws IOException {
    write("headwater.yaml", PROJECT.replace("avg(fare)", "max(fare)").replace("> 20", "> 30"));
    Project project = ProjectFile.read(folder);
    Answer answer = Against.of(project, "main", Set.of(project.target("model/tip")));
    assertThat(answer.data().toString()).contains("label").doesNotContain("fare_1h");
  }

  @Test
  void aCommitThatIsNotThere() {
    assertThatThrownBy(() -> Against.of(ProjectFile.read(folder), "mian", Set.of()))
        .isInstanceOf(HeadwaterException.class)
        .hasMessageContaining("git knows no branch, tag or commit 'mian'. Did you mean 'main'?");
  }

  private Answer against() {
    return Against.of(ProjectFile.read(folder), "main", Set.of());
  }

  private static Map<String, Object> reader(
      String target, List<String> columns, List<String> steers) {
    return Map.of("target", target, "columns", columns, "steers", steers, "fits", true);
  }

  @SuppressWarnings("unchecked") // as the answer has it
  private List<Map<String, Object>> changes() {
    return (List<Map<String, Object>>) against().data().getOrDefault("changes", List.of());
  }

  private Map<String, Object> change(String target, String column) {
    return changes().stream()
        .filter(c -> target.equals(c.get("target")) && column.equals(c.get("column")))
        .findFirst()
        .orElseThrow();
  }

  private Set<String> reasons() {
    Set<String> reasons = new TreeSet<>();
    for (Map<String, Object> change : changes()) {
      Object column = change.get("column");
      reasons.add(
          change.get("reason") + " " + change.get("target") + (column == null ? "" : "." + column));
    }
    return reasons;
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (Answer.Block block : against().blocks()) {
      text.append(((Answer.Block.Line) block).text()).append('\n');
    }
    return text.toString();
  }

  private void git(String... arguments) {
    List<String> command = new ArrayList<>(List.of("git", "-C", folder.toString()));
    command.addAll(List.of(arguments));
    try {
      assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
