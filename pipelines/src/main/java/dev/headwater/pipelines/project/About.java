package dev.headwater.pipelines.project;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a project says of a target to people: nothing runs anew for it.
 *
 * @param owner who answers for it: a person, a team, an address
 * @param tags by which it is selected: {@code tag:hourly}
 */
public record About(@Nullable String owner, @Nullable String description, List<String> tags) {
  /** Nothing is said. */
  public static final About NONE = new About(null, null, List.of());

  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_./-]*");

  public About {
    tags = List.copyOf(new LinkedHashSet<>(tags));
  }

  /** Of this owner. */
  public static About owner(String owner) {
    return new About(owner, null, List.of());
  }

  /** With this description. */
  public About describe(String text) {
    return new About(owner, text, tags);
  }

  /** With these tags. */
  public About tags(String... each) {
    return new About(owner, description, List.of(each));
  }

  /** The owner, if there is one. */
  public List<String> owners() {
    return Optional.ofNullable(owner).map(List::of).orElse(List.of());
  }

  /** "operations, #hourly #pii"; empty if nothing is said but a description. */
  public String text() {
    List<String> words = new ArrayList<>(owners());
    if (!tags.isEmpty()) {
      words.add("#" + String.join(" #", tags));
    }
    return String.join(", ", words);
  }

  /** As the project file has it. */
  public Map<String, Object> form() {
    Map<String, Object> form = new LinkedHashMap<>();
    if (owner != null) {
      form.put("owner", owner);
    }
    if (description != null) {
      form.put("description", description);
    }
    if (!tags.isEmpty()) {
      form.put("tags", tags);
    }
    return form;
  }

  /** A key of {@link #form} in a line. */
  public String said(String key) {
    return form().get(key) instanceof List<?> list
        ? String.join(", ", list.stream().map(String::valueOf).toList())
        : String.valueOf(form().get(key));
  }

  /** Of a declaration; the tags of its folders are its own too. */
  static About parse(Section s) {
    String owner = s.text("owner");
    String description = s.text("description");
    Set<String> tags = new LinkedHashSet<>();
    for (String tag : s.allTexts("tags")) {
      String complaint = complaint(tag);
      if (complaint == null) {
        tags.add(tag);
      } else {
        s.problem("tags", complaint);
      }
    }
    return new About(owner, description, List.copyOf(tags));
  }

  static @Nullable String complaint(String tag) {
    return TAG.matcher(tag).matches()
        ? null
        : "'" + tag + "' is not a tag. Write letters, digits and _ . / - without spaces: hourly";
  }
}
