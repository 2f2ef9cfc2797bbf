package dev.headwater.runners;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.headwater.table.WorkFn;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.transforms.DoFn;
import org.junit.jupiter.api.Test;

/** The arrows between the rooms: they run down, and never in a circle. */
final class HouseTest {
  private static final JavaClasses HOUSE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.headwater");

  private static final String[] STAGES = {
    "dev.headwater.ingest..",
    "dev.headwater.validate..",
    "dev.headwater.features..",
    "dev.headwater.derive..",
    "dev.headwater.train..",
    "dev.headwater.score..",
    "dev.headwater.drift..",
    "dev.headwater.compact.."
  };

  /** The way of the data: each room may use those before it. */
  private static final List<String> WAY =
      List.of(
          "columns",
          "rows",
          "sketch",
          "sort",
          "aggregate",
          "parquet",
          "files",
          "avro",
          "orc",
          "table",
          "join",
          "upsert");

  private static String[] rooms(List<String> names) {
    return names.stream().map(name -> "dev.headwater." + name + "..").toArray(String[]::new);
  }

  @Test
  void everyRoomIsThere() {
    for (String room :
        Stream.of(List.of("catalog", "lineage", "kafka", "model", "pipelines", "runners"), WAY)
            .flatMap(List::stream)
            .toList()) {
      assertThat(HOUSE.containPackage("dev.headwater." + room)).as(room).isTrue();
    }
  }

  @Test
  void theCatalogKnowsNoColumnsNoBeamNoModels() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.headwater.catalog..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(rooms(WAY))
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "dev.headwater.lineage..", "org.apache.beam..", "ai.djl..", "org.apache.hadoop..")
            .because("names for durable things must not pull in what is done with them"));
  }

  @Test
  void columnsKnowNoFilesNoBeam() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.headwater.columns..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "dev.headwater.catalog..",
                "dev.headwater.lineage..",
                "org.apache.beam..",
                "org.apache.parquet..",
                "java.nio.file..",
                "ai.djl..")
            .because("columns are what travels, whatever carries them"));
  }

  @Test
  void lineageStandsAlone() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.headwater.lineage..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(rooms(WAY))
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "dev.headwater.catalog..",
                "dev.headwater.pipelines..",
                "org.apache.beam..",
                "org.apache.iceberg..",
                "ai.djl..")
            .because("lineage is derived from records of what ran, through two ports of its own"));
  }

  @Test
  void whoOnlyIngestsCarriesNoLibtorch() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(rooms(WAY))
            .or()
            .resideInAnyPackage(
                "dev.headwater.ingest..",
                "dev.headwater.validate..",
                "dev.headwater.features..",
                "dev.headwater.derive..",
                "dev.headwater.drift..",
                "dev.headwater.compact..",
                "dev.headwater.provider..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "ai.djl..",
                "dev.headwater.model..",
                "dev.headwater.train..",
                "dev.headwater.score..")
            .because("libtorch is 400 MB that an ingest job does not need"));
  }

  @Test
  void whoReadsNoTopicsCarriesNoKafka() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(rooms(WAY))
            .or()
            .resideInAnyPackage(STAGES)
            .or()
            .resideInAnyPackage(
                "dev.headwater.catalog..", "dev.headwater.model..", "dev.headwater.provider..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "dev.headwater.kafka..")
            .because("Kafka's client is for those who read topics"));
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.headwater.kafka..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "ai.djl..",
                "dev.headwater.model..",
                "dev.headwater.train..",
                "dev.headwater.score..")
            .because("who only ingests carries no libtorch"));
    check(
        classes()
            .that()
            .resideInAPackage("dev.headwater.broker..")
            .should()
            .onlyHaveDependentClassesThat()
            .resideInAPackage("dev.headwater.broker..")
            .because("it is for tests"));
  }

  @Test
  void whatRecordsHoldIsDecodedWithoutTopics() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.headwater.kafka.decode..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.headwater.kafka", "org.apache.kafka..")
            .because("letters are decoded again, and samples, wherever their bytes are from"));
  }

  @Test
  void roomsOfDataUseOnlyThoseBeforeThem() {
    for (int i = 0; i < WAY.size(); i++) {
      check(
          noClasses()
              .that()
              .resideInAPackage("dev.headwater." + WAY.get(i) + "..")
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(rooms(WAY.subList(i + 1, WAY.size())))
              .orShould()
              .dependOnClassesThat()
              .resideInAnyPackage(STAGES)
              .because("each is used by those after it, and all by the stages"));
    }
  }

  @Test
  void stagesNeverImportEachOther() {
    for (String stage : STAGES) {
      String[] others =
          java.util.Arrays.stream(STAGES).filter(s -> !s.equals(stage)).toArray(String[]::new);
      check(
          noClasses()
              .that()
              .resideInAPackage(stage)
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(others)
              .because("stages meet at table snapshots, never in memory"));
    }
  }

  @Test
  void nothingBelowKnowsPipelinesOrRunners() {
    check(
        classes()
            .that()
            .resideInAPackage("dev.headwater.runners..")
            .should()
            .onlyHaveDependentClassesThat()
            .resideInAPackage("dev.headwater.runners..")
            .because("the command is the top of the house"));
    check(
        classes()
            .that()
            .resideInAPackage("dev.headwater.pipelines..")
            .should()
            .onlyHaveDependentClassesThat()
            .resideInAnyPackage("dev.headwater.pipelines..", "dev.headwater.runners..")
            .because("arrows run down"));
  }

  @Test
  void workersLinesSayTheirRun() {
    check(
        classes()
            .that()
            .areAssignableTo(DoFn.class)
            .and()
            .resideOutsideOfPackage("dev.headwater.rows..")
            .should()
            .beAssignableTo(WorkFn.class)
            .because("what a step's worker logs says which run it is of"));
  }

  @Test
  void noArrowsInACircle() {
    check(slices().matching("dev.headwater.(*)..").should().beFreeOfCycles());
  }

  private static void check(ArchRule rule) {
    rule.check(HOUSE);
  }
}
