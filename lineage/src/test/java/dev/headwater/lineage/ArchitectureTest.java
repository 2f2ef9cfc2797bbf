package dev.headwater.lineage;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private final JavaClasses lineage =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.headwater.lineage");

  @Test
  void lineageStandsOnItsClientAndJacksonAlone() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.headwater.lineage..",
            "java..",
            "org.jspecify..",
            "org.slf4j..",
            "com.fasterxml.jackson..",
            "io.openlineage..",
            "org.apache.hc..",
            "org.apache.kafka..")
        .because("whoever has Beam, Iceberg or a database implements its two ports")
        .check(lineage);
  }

  @Test
  void kafkaIsKnownInOnePlace() {
    classes()
        .that()
        .haveSimpleNameNotStartingWith("KafkaDestination")
        .and()
        .doNotHaveSimpleName("Acknowledged")
        .should()
        .onlyDependOnClassesThat()
        .resideOutsideOfPackage("org.apache.kafka..")
        .because("its jar need not be there")
        .check(lineage);
  }
}
