package dev.headwater.catalog;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What this module must do without. */
final class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.headwater.catalog");

  @Test
  void usesNoPipelineNoModelNoColumnsAndNoHadoop() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.beam..",
            "org.apache.flink..",
            "org.apache.hadoop..",
            "org.apache.parquet..",
            "ai.djl..",
            "io.openlineage..",
            "dev.headwater.columns..",
            "dev.headwater.parquet..",
            "dev.headwater.table..",
            "dev.headwater.lineage..",
            "dev.headwater.pipelines..",
            "dev.headwater.runners..")
        .because("names for durable things must be usable without what works on them")
        .check(CLASSES);
  }

  @Test
  void committerAndRegistryDoNotKnowEachOther() {
    noClasses()
        .that()
        .resideInAPackage("dev.headwater.catalog.commit")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.headwater.catalog.registry")
        .because("workers commit and know nothing about runs")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("dev.headwater.catalog.registry")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.headwater.catalog.commit", "org.apache.iceberg..")
        .because("the registry stores what it is told, and never opens a table")
        .check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "org.apache.hadoop.conf.Configuration",
        "org.apache.beam.sdk.Pipeline",
        "ai.djl.Model",
        "dev.headwater.columns.RowBatch"
      })
  void worksWithoutThemOnTheClassPath(String name) {
    assertThatThrownBy(() -> Class.forName(name))
        .isInstanceOf(ClassNotFoundException.class)
        .hasMessageContaining(name);
  }
}
