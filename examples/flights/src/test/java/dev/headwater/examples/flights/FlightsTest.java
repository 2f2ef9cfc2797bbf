package dev.headwater.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.pipelines.project.Declarations;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ProjectFile;
import dev.headwater.pipelines.project.Target;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class FlightsTest {
  @Test
  void theSameProjectComesFromYamlAndFromJava() {
    Project yaml = ProjectFile.read(Path.of(""));
    Project java = Flights.declare(Path.of("")).build();
    assertThat(java).isEqualTo(yaml);
    for (Target target : yaml.targets()) {
      assertThat(Declarations.hash(java, target)).isEqualTo(Declarations.hash(yaml, target));
    }
  }

  @Test
  void itsOwnTestsPass() {
    assertThat(Flights.declare(Path.of("")).run("test")).isZero();
  }

  @Test
  void theCommandLineRunsAProjectFromJava() {
    assertThat(Flights.declare(Path.of("")).run("explain", "model/late")).isZero();
    assertThat(Flights.declare(Path.of("")).run("explain", "model/lat")).isEqualTo(2);
  }
}
