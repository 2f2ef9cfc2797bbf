package dev.headwater.pipelines.select;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.project.Nearest;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Target;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The targets that selectors mean. {@code late} is a target, {@code late*} all whose names are like
 * it, {@code tag:x}, {@code owner:x} and {@code path:folder} what is declared so or there, {@code
 * changed:REF} what git says was declared otherwise. {@code +} before one adds all it needs, behind
 * it all that depends on it, a number how many steps. What stands side by side is joined; of what a
 * comma holds together only what all of it means counts.
 */
public final class Selection {
  private final Project project;
  private final Graph graph;

  private Selection(Project project) {
    this.project = project;
    this.graph = new Graph(project);
  }

  /**
   * In running order; without selectors all.
   *
   * @return empty only where nothing has changed since a commit, or the project has no targets
   * @throws HeadwaterException USAGE if a selector means nothing, or all that is meant is excluded
   */
  public static List<Target> of(Project project, List<String> selectors, List<String> excluded) {
    Selection selection = new Selection(project);
    Meant chosen =
        selectors.isEmpty() ? new Meant(selection.graph.all(), true) : selection.anyOf(selectors);
    Meant without = selection.anyOf(excluded);
    List<Target> left =
        selection.graph.all().stream()
            .filter(target -> chosen.targets.contains(target) && !without.targets.contains(target))
            .toList();
    if (left.isEmpty() && !chosen.targets.isEmpty() && !without.mayBeNone) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "All that is selected is excluded: " + names(chosen.targets) + ".",
          "select more, or leave out --exclude.");
    }
    return left;
  }

  /** Whether a text is more than the name of one target, with or without what stands after @. */
  public static boolean isSelector(String text) {
    String name = text.indexOf('@') < 0 ? text : text.substring(0, text.indexOf('@'));
    return name.chars().anyMatch(c -> "+*?:, ".indexOf(c) >= 0);
  }

  /**
   * What selectors mean.
   *
   * @param mayBeNone whether that may be nothing: nothing has changed
   */
  private record Meant(Set<Target> targets, boolean mayBeNone) {}

  private Meant anyOf(List<String> texts) {
    Set<Target> targets = new LinkedHashSet<>();
    boolean mayBeNone = false;
    for (String text : texts) {
      for (String term : text.strip().split("\\s+", -1)) {
        Meant meant = allOf(term);
        targets.addAll(meant.targets);
        mayBeNone |= meant.mayBeNone;
      }
    }
    return new Meant(targets, mayBeNone);
  }

  private Meant allOf(String term) {
    Set<Target> targets = new LinkedHashSet<>(graph.all());
    boolean mayBeNone = false;
    List<String> parts = new ArrayList<>();
    for (String part : term.split(",", -1)) {
      Meant meant = one(Selector.parse(part));
      targets.retainAll(meant.targets);
      mayBeNone |= meant.mayBeNone;
      parts.add(part + " means " + names(meant.targets));
    }
    if (targets.isEmpty() && !mayBeNone) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Nothing is all of " + term + ": " + String.join("; ", parts) + ".",
          "leave a part out, or write a space instead of the comma for any of them.");
    }
    return new Meant(targets, mayBeNone);
  }

  private Meant one(Selector selector) {
    Set<Target> named =
        switch (selector.method()) {
          case NAME -> named(selector.value());
          case TAG -> labelled(selector.value(), "tag", "tags: [", t -> project.about(t).tags());
          case OWNER ->
              labelled(selector.value(), "owner", "owner: ", t -> project.about(t).owners());
          case PATH -> below(selector.value());
          case CHANGED -> Changed.since(project, selector.value());
        };
    return new Meant(
        Stream.of(graph.before(named, selector.before()), graph.after(named, selector.after()))
            .flatMap(Set::stream)
            .collect(Collectors.toCollection(LinkedHashSet::new)),
        selector.method() == Selector.Method.CHANGED);
  }

  private Set<Target> named(String text) {
    if (text.indexOf('*') < 0 && text.indexOf('?') < 0) {
      return Set.of(project.target(text));
    }
    Predicate<String> like = like(text);
    Set<Target> found = where(t -> like.test(text.indexOf('/') < 0 ? t.name() : t.toString()));
    if (found.isEmpty()) {
      throw nothing("No target's name is like '" + text + "'.", text, all(t -> List.of(t.name())));
    }
    return found;
  }

  /** Of those that are declared under a folder, or in a file. */
  private Set<Target> below(String text) {
    String path = text.replaceFirst("^(?:\\./)+", "").replaceFirst("/+$", "");
    Predicate<String> like = like(path);
    Set<Target> found = where(t -> path.equals(".") || folders(file(t)).anyMatch(like));
    if (found.isEmpty()) {
      throw nothing(
          "No target is declared in '" + text + "'.",
          path,
          all(t -> folders(file(t)).filter(folder -> !folder.equals(".")).toList()));
    }
    return found;
  }

  private String file(Target target) {
    return project.origin().file(target.path());
  }

  /** A file and all folders around it: a/b/c.hw.yaml, a/b, a. */
  private static Stream<String> folders(String file) {
    return Stream.iterate(
        file,
        path -> !path.isEmpty(),
        path -> path.substring(0, Math.max(0, path.lastIndexOf('/'))));
  }

  private Set<Target> labelled(
      String text, String what, String key, Function<Target, List<String>> labels) {
    Predicate<String> like = like(text);
    Set<Target> found = where(t -> labels.apply(t).stream().anyMatch(like));
    if (found.isEmpty()) {
      Collection<String> known = all(labels);
      if (known.isEmpty()) {
        throw new HeadwaterException(
            HeadwaterException.Kind.USAGE,
            "No target has the " + what + " '" + text + "': none has any.",
            "give it one in the project file: " + key + text + (key.endsWith("[") ? "]." : "."));
      }
      throw nothing("No target has the " + what + " '" + text + "'.", text, known);
    }
    return found;
  }

  private Set<Target> where(Predicate<Target> condition) {
    return graph.all().stream()
        .filter(condition)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private Collection<String> all(Function<Target, List<String>> labels) {
    Set<String> all = new TreeSet<>();
    graph.all().forEach(target -> all.addAll(labels.apply(target)));
    return all;
  }

  private static HeadwaterException nothing(String what, String text, Collection<String> known) {
    return new HeadwaterException(
        HeadwaterException.Kind.USAGE,
        what + Nearest.of(text, known),
        "take one of " + Nearest.few(text, known) + ".");
  }

  private static Predicate<String> like(String text) {
    StringBuilder pattern = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      pattern.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    return Pattern.compile(pattern.toString()).asMatchPredicate();
  }

  private static String names(Set<Target> targets) {
    return targets.isEmpty()
        ? "nothing"
        : Nearest.few("", targets.stream().map(Target::toString).toList());
  }
}
