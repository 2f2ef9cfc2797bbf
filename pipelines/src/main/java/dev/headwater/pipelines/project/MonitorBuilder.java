package dev.headwater.pipelines.project;

import java.util.function.Supplier;

/** A monitor while it is declared. */
public final class MonitorBuilder implements Supplier<MonitorDecl> {
  private final String name;
  private final ScoreBuilder current;
  private MonitorDecl.Period by = MonitorDecl.Period.WEEK;
  private double threshold = MonitorDecl.THRESHOLD;

  MonitorBuilder(String name, ScoreBuilder current) {
    this.name = name;
    this.current = current;
  }

  /** The period that is compared at a time. */
  public MonitorBuilder by(MonitorDecl.Period period) {
    by = period;
    return this;
  }

  /** The PSI from which a column has moved. */
  public MonitorBuilder threshold(double psi) {
    threshold = psi;
    return this;
  }

  @Override
  public MonitorDecl get() {
    return new MonitorDecl(name, current.model(), current.name(), by, threshold, null);
  }
}
