package dev.headwater.pipelines;

import dev.headwater.pipelines.project.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What stages take of the places where they run, so that those side by side don't take more than
 * there is: of this process its memory, of a cluster its slots. For one thread.
 */
final class Room {
  /** What a stage may take of this process's memory for each worker, where it says nothing. */
  private static final long WORKER_BYTES = 256L << 20;

  /**
   * A stage's part of a place.
   *
   * @param most so many stages are there at once
   * @param trains whether it trains in this process
   */
  private record Part(String place, long takes, long of, int most, boolean trains) {}

  private final Stages stages;
  private final long memory;
  private final int cores;
  private final Map<Target, Part> parts = new HashMap<>();
  private final List<Part> taken = new ArrayList<>();

  /**
   * All of it, while nothing runs.
   *
   * @param memory bytes of this process
   * @param cores of this machine
   */
  Room(Stages stages, long memory, int cores) {
    this.stages = stages;
    this.memory = memory;
    this.cores = cores;
  }

  /** As is asked for. */
  static Room of(Stages stages, Parallel parallel) {
    Runtime here = Runtime.getRuntime();
    return new Room(
        stages,
        parallel.memory() > 0 ? parallel.memory() : here.maxMemory(),
        parallel.targets() > 0 ? parallel.targets() : here.availableProcessors());
  }

  /** Where a target's stage runs. */
  String place(Target target) {
    return part(target).place;
  }

  /** Whether there is room for it beside the others; what is alone at its place has all of it. */
  boolean fits(Target target) {
    Part part = part(target);
    List<Part> beside = taken.stream().filter(other -> other.place.equals(part.place)).toList();
    long sum = beside.stream().mapToLong(Part::takes).sum();
    return beside.isEmpty() || beside.size() < part.most && sum + part.takes <= part.of;
  }

  /** PyTorch's random numbers and gradients are the whole process's: one training at a time. */
  boolean mustWait(Target target) {
    return part(target).trains && taken.stream().anyMatch(Part::trains);
  }

  void take(Target target) {
    taken.add(part(target));
  }

  void free(Target target) {
    taken.remove(part(target));
  }

  private Part part(Target target) {
    return parts.computeIfAbsent(target, this::find);
  }

  private Part find(Target target) {
    Engine engine = stages.engine().at(target);
    if (!engine.isHere()) {
      return new Part(engine.cluster(), engine.workers(), engine.slots(), Integer.MAX_VALUE, false);
    }
    long said = stages.project().resources(target).memory();
    return new Part(
        "",
        said > 0 ? said : WORKER_BYTES * engine.workers(),
        memory,
        cores,
        target.kind() == Target.Kind.MODEL);
  }
}
