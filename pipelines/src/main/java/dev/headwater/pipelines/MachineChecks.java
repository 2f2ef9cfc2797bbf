package dev.headwater.pipelines;

import com.sun.management.OperatingSystemMXBean;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.model.Torch;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether this machine and this JVM are fit for runs. */
final class MachineChecks {
  private static final long ROOM = 1L << 30;
  private static final long HEAP = 512L << 20;

  private MachineChecks() {}

  static Finding java(int version) {
    String what = System.getProperty("java.version") + ", " + System.getProperty("java.home");
    if (version < Versions.JAVA) {
      return Finding.ill(
          "java", what + ": too old", "install a JDK of version 17 and set JAVA_HOME.");
    }
    return version > Versions.JAVA
        ? Finding.doubtful("java", what + ": not tested", "set JAVA_HOME to a JDK 17.")
        : Finding.well("java", what);
  }

  static Finding memory(long heap, long machine) {
    String what =
        "heap %s MiB of %s MiB"
            .formatted(Stages.grouped(heap >> 20), Stages.grouped(machine >> 20));
    if (heap < HEAP) {
      return Finding.doubtful("memory", what, "give it 512 MiB or more: HEADWATER_OPTS=-Xmx1g.");
    }
    // PyTorch and direct buffers live beside the heap.
    return heap > machine - (machine >> 3)
        ? Finding.doubtful(
            "memory",
            what + ": the system may end what takes so much",
            "leave an eighth of it to others: HEADWATER_OPTS=-Xmx with less.")
        : Finding.well("memory", what);
  }

  static Finding memory() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return memory(Runtime.getRuntime().maxMemory(), system.getTotalMemorySize());
  }

  static Finding cores() {
    return Finding.well("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
  }

  /** Room on the disk of a folder, and whether it can be written. */
  static Finding disk(String about, Path folder) {
    try {
      Path there = there(folder.toAbsolutePath());
      Path tried = Files.createTempFile(there, "doctor", ".tmp");
      Files.delete(tried);
      return room(about, there, Files.getFileStore(there).getUsableSpace());
    } catch (IOException | SecurityException e) {
      return Finding.ill(
          about, folder + " cannot be written: " + e, "make it writable for this user.");
    }
  }

  /** The folder, or the nearest above it that is there already. */
  private static Path there(Path folder) {
    Path above = folder.getParent();
    return Files.exists(folder) || above == null ? folder : there(above);
  }

  static Finding room(String about, Path folder, long room) {
    String what = Stages.grouped(room >> 20) + " MiB free for " + folder;
    return room < ROOM
        ? Finding.ill(about, what + ": too little", "make room: runs spill and write tables there.")
        : Finding.well(about, what);
  }

  /** PyTorch's native libraries, and what it can compute on. */
  static List<Finding> natives() {
    List<Finding> found = new ArrayList<>();
    try {
      var engine = Torch.engine();
      found.add(Finding.well("natives", "PyTorch " + engine.getVersion()));
      int gpus = engine.getGpuCount();
      boolean card = new File("/dev/nvidia0").exists();
      found.add(
          gpus == 0 && card
              ? Finding.doubtful(
                  "gpu",
                  "there is one, and this PyTorch cannot use it",
                  "set PYTORCH_LIBRARY_PATH to a PyTorch built for the GPU.")
              : Finding.well("gpu", gpus == 0 ? "none; models are trained on the CPU" : gpus + ""));
    } catch (HeadwaterException e) {
      found.add(Finding.ill("natives", e.what(), e.fix()));
    }
    return found;
  }

  /** What works together here, by name, and whether it is what was tested. */
  static Finding versions(String engine) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("beam", org.apache.beam.sdk.util.ReleaseInfo.getReleaseInfo().getVersion());
    all.put("iceberg", org.apache.iceberg.IcebergBuild.version());
    all.put("kafka", org.apache.kafka.common.utils.AppInfoParser.getVersion());
    all.put("djl", ai.djl.engine.Engine.getDjlVersion());
    return versions(all, engine);
  }

  static Finding versions(Map<String, String> here, String engine) {
    List<String> texts = new ArrayList<>(List.of("headwater " + Versions.HEADWATER));
    List<String> others = new ArrayList<>();
    here.forEach(
        (name, version) -> {
          texts.add(name + " " + version);
          String tested = Versions.tested().get(name);
          if (tested != null && !tested.equals(version)) {
            others.add(name + " " + tested);
          }
        });
    texts.add("engine " + engine);
    String what = String.join(", ", texts);
    return others.isEmpty()
        ? Finding.well("versions", what)
        : Finding.doubtful(
            "versions",
            what + ": tested with " + String.join(", ", others),
            "import headwater-bom into your build, before others, and leave out versions of your own.");
  }
}
