package dev.headwater.pipelines;

import static dev.headwater.pipelines.Finding.State.DOUBTFUL;
import static dev.headwater.pipelines.Finding.State.ILL;
import static dev.headwater.pipelines.Finding.State.WELL;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MachineChecksTest {
  @Test
  void javaMustBeNewEnough() {
    assertThat(MachineChecks.java(11).state()).isEqualTo(ILL);
    assertThat(MachineChecks.java(17).state()).isEqualTo(WELL);
    assertThat(MachineChecks.java(21).state()).isEqualTo(DOUBTFUL);
  }

  @Test
  void memoryMustDoForRunsAndForOthers() {
    assertThat(MachineChecks.memory(256L << 20, 8L << 30).state()).isEqualTo(DOUBTFUL);
    assertThat(MachineChecks.memory(2L << 30, 8L << 30).state()).isEqualTo(WELL);
    assertThat(MachineChecks.memory(8L << 30, 8L << 30).what()).contains("may end what takes");
  }

  @Test
  void disksNeedRoomAndBeWritable(@TempDir Path folder) throws IOException {
    assertThat(MachineChecks.disk("disk", folder.resolve("not/yet")).state()).isEqualTo(WELL);
    Finding full = MachineChecks.room("disk", folder, 5L << 20);
    assertThat(full.state()).isEqualTo(ILL);
    assertThat(full.what()).startsWith("5 MiB free for " + folder).endsWith("too little");
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    assertThat(MachineChecks.disk("disk", file).state()).isEqualTo(ILL);
  }

  @Test
  void versionsAreThoseThatWereTested() {
    assertThat(MachineChecks.versions("DirectRunner").state()).isEqualTo(WELL);
    Finding other =
        MachineChecks.versions(Map.of("beam", Versions.BEAM, "iceberg", "1.4.0"), "DirectRunner");
    assertThat(other.state()).isEqualTo(DOUBTFUL);
    assertThat(other.what()).endsWith("tested with iceberg " + Versions.ICEBERG);
    assertThat(other.fix()).contains("headwater-bom");
  }

  @Test
  void clocksMustAgree() {
    assertThat(Doctor.clock("db", Duration.ofMillis(-300)).state()).isEqualTo(WELL);
    Finding off = Doctor.clock("db", Duration.ofSeconds(-90));
    assertThat(off.state()).isEqualTo(DOUBTFUL);
    assertThat(off.what()).isEqualTo("db: its clock is 90.0 s behind this machine's");
  }
}
