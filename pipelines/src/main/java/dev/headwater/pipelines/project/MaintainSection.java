package dev.headwater.pipelines.project;

import dev.headwater.catalog.TableRef;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where a table is, and how it is kept, as the project file says it. */
final class MaintainSection {
  private static final List<String> AUTO = List.of("auto");

  private MaintainSection() {}

  /** Of the declaration of something that makes a table. */
  static Keep keep(Section s) {
    String catalog = s.text("catalog");
    return new Keep(
        catalog == null ? TableRef.DEFAULT_CATALOG : catalog,
        maintain(s.section("maintain")),
        SettingsSection.properties(s.section("properties")),
        SettingsSection.sort(s));
  }

  private static Maintain maintain(@Nullable Section s) {
    if (s == null) {
      return Maintain.NONE;
    }
    Maintain.Compact compact = compact(s);
    Maintain.Expire expire = expire(s);
    Duration orphans = s.value("orphans", MaintainSection::old);
    boolean manifests = s.value("manifests", t -> Values.oneOf(t, AUTO)) != null;
    s.end();
    return new Maintain(compact, expire, orphans, manifests);
  }

  private static Maintain.@Nullable Compact compact(Section s) {
    if (!s.isSection("compact")) {
      return s.value("compact", t -> Values.oneOf(t, AUTO)) == null ? null : Maintain.Compact.AUTO;
    }
    Section how = Objects.requireNonNull(s.section("compact"));
    Long files = how.value("min_files", t -> Values.whole(t, 1, 1_000_000));
    Long size = how.value("target_size", Values::bytes);
    String where = how.expression("where");
    how.end();
    Maintain.Compact d = Maintain.Compact.AUTO;
    return new Maintain.Compact(
        files == null ? d.minFiles() : files.intValue(), size == null ? 0 : size, where);
  }

  private static Maintain.@Nullable Expire expire(Section s) {
    if (!s.isSection("expire")) {
      Duration age = s.value("expire", MaintainSection::age);
      return age == null ? null : new Maintain.Expire(age, Maintain.Expire.KEEP);
    }
    Section how = Objects.requireNonNull(s.section("expire"));
    if (!how.has("older_than")) {
      how.required("older_than", "30d");
    }
    Duration age = how.has("older_than") ? how.value("older_than", MaintainSection::age) : null;
    Long keep = how.value("keep", t -> Values.whole(t, 1, 1_000_000));
    how.end();
    return age == null
        ? null
        : new Maintain.Expire(age, keep == null ? Maintain.Expire.KEEP : keep.intValue());
  }

  private static Duration old(String text) {
    Duration age = age(text);
    if (age.compareTo(Maintain.YOUNGEST_ORPHAN) < 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is less than 3d: a run may be about to commit such files");
    }
    return age;
  }

  /** A length of time. */
  static Duration age(String text) {
    if (!text.matches("[1-9][0-9]{0,5}[smhdw]")) {
      throw new IllegalArgumentException("'" + text + "' is no age. Write 30d, 12h or 2w");
    }
    return Duration.ofNanos(Math.multiplyExact(new Window(text).micros(), 1_000));
  }

  /** Only what is not the default. */
  static void form(Keep keep, Map<String, Object> form) {
    SettingsSection.form(keep, form);
    if (!keep.catalog().equals(TableRef.DEFAULT_CATALOG)) {
      form.put("catalog", keep.catalog());
    }
    Maintain m = keep.maintain();
    Map<String, Object> all = new LinkedHashMap<>();
    if (m.compact() != null) {
      Map<String, Object> compact = new LinkedHashMap<>();
      compact.put("min_files", m.compact().minFiles());
      if (m.compact().targetBytes() > 0) {
        compact.put("target_size", Long.toString(m.compact().targetBytes()));
      }
      if (m.compact().where() != null) {
        compact.put("where", m.compact().where());
      }
      all.put("compact", compact);
    }
    if (m.expire() != null) {
      Map<String, Object> expire = new LinkedHashMap<>();
      expire.put("older_than", text(m.expire().olderThan()));
      expire.put("keep", m.expire().keep());
      all.put("expire", expire);
    }
    if (m.orphans() != null) {
      all.put("orphans", text(m.orphans()));
    }
    if (m.manifests()) {
      all.put("manifests", "auto");
    }
    if (!all.isEmpty()) {
      form.put("maintain", all);
    }
  }

  static String text(Duration age) {
    long seconds = age.toSeconds();
    return seconds % 86_400 == 0
        ? seconds / 86_400 + "d"
        : seconds % 3_600 == 0
            ? seconds / 3_600 + "h"
            : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
