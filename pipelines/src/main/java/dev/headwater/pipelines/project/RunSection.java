package dev.headwater.pipelines.project;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How runs are carried out, as the project file says it. */
final class RunSection {
  private static final int MOST = 100;

  private RunSection() {}

  /**
   * Of {@code runs}.
   *
   * @param targets the names of all that is made here
   */
  static RunRules parse(@Nullable Section s, Collection<String> targets) {
    if (s == null) {
      return RunRules.DEFAULT;
    }
    RunRules rules = retry(s.section("retry"));
    Duration timeout = s.value("timeout", MaintainSection::age);
    Map<String, Duration> timeouts = timeouts(s.section("timeouts"), targets);
    s.end();
    return timeout == null ? rules.timeouts(timeouts) : rules.timeout(timeout).timeouts(timeouts);
  }

  private static RunRules retry(@Nullable Section s) {
    RunRules d = RunRules.DEFAULT;
    if (s == null) {
      return d;
    }
    Long times = s.value("times", t -> Values.whole(t, 0, MOST));
    Duration first = s.value("first", MaintainSection::age);
    Duration longest = s.value("longest", MaintainSection::age);
    s.end();
    Duration least = first == null ? d.first() : first;
    Duration most = longest == null ? max(least, d.longest()) : longest;
    if (most.compareTo(least) < 0) {
      s.problem("longest", "is shorter than the first pause");
    }
    return d.retry(times == null ? d.retries() : times.intValue(), least, most);
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private static Map<String, Duration> timeouts(@Nullable Section s, Collection<String> targets) {
    if (s == null) {
      return Map.of();
    }
    List<String> known = new ArrayList<>(targets);
    for (Target.Kind kind : Target.Kind.values()) {
      known.add(kind.stage());
    }
    Map<String, Duration> all = new LinkedHashMap<>();
    for (String name : s.names()) {
      Duration timeout = s.value(name, MaintainSection::age);
      if (!known.contains(name)) {
        s.problem(name, "there is no target or stage '" + name + "'." + Nearest.of(name, known));
      } else if (timeout != null) {
        all.put(name, timeout);
      }
    }
    return all;
  }

  /** As it is written in the file; empty if it is the default. */
  static Map<String, Object> form(RunRules rules) {
    Map<String, Object> form = new LinkedHashMap<>();
    if (rules.equals(RunRules.DEFAULT)) {
      return form;
    }
    Map<String, Object> retry = new LinkedHashMap<>();
    retry.put("times", rules.retries());
    retry.put("first", MaintainSection.text(rules.first()));
    retry.put("longest", MaintainSection.text(rules.longest()));
    form.put("retry", retry);
    if (rules.timeout() != null) {
      form.put("timeout", MaintainSection.text(rules.timeout()));
    }
    if (!rules.timeouts().isEmpty()) {
      Map<String, Object> timeouts = new TreeMap<>();
      rules.timeouts().forEach((name, time) -> timeouts.put(name, MaintainSection.text(time)));
      form.put("timeouts", timeouts);
    }
    return form;
  }
}
