package dev.headwater.pipelines.project;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** The files of a project as one mapping: every node still knows the file that it stands in. */
final class ProjectFiles {
  /** What the names of all but the project's own file end in. */
  static final String SUFFIX = ".hw.yaml";

  private static final String DEFAULTS = "defaults";

  /** What any file may declare; all else is the project's own file's to say. */
  private static final List<String> NOUNS =
      List.of(
          "catalogs", "clusters", "sources", "tables", "features", "models", "scores", "monitors");

  private final Notes notes = new Notes();
  private final Defaults defaults = new Defaults();
  private final Map<String, List<MappingNode>> nouns = new LinkedHashMap<>();
  private final Section top;

  /**
   * Puts files together.
   *
   * @param others texts by their paths from the project's folder
   * @throws ProjectException if one is no YAML, with all that are not
   */
  ProjectFiles(String name, String text, SortedMap<String, String> others) {
    List<Problem> unreadable = new ArrayList<>();
    MappingNode own = mapping(name, text, unreadable);
    Map<String, MappingNode> all = new LinkedHashMap<>();
    others.forEach(
        (file, other) -> {
          boolean empty =
              other.lines().map(String::strip).allMatch(l -> l.isEmpty() || l.startsWith("#"));
          MappingNode mapping = empty ? null : mapping(file, other, unreadable);
          if (mapping != null) {
            all.put(file, mapping);
          }
        });
    if (!unreadable.isEmpty() || own == null) {
      throw new ProjectException(name, unreadable);
    }
    all.forEach(this::take);
    this.top = new Section(notes, "", joined(own));
    defaults.add(name, top.section(DEFAULTS));
    all.forEach((file, mapping) -> defaults.add(file, of(mapping)));
  }

  Section top() {
    return top;
  }

  Defaults defaults() {
    return defaults;
  }

  private @Nullable MappingNode mapping(String file, String text, List<Problem> unreadable) {
    try {
      return Yaml.mapping(notes, file, text);
    } catch (ProjectException e) {
      unreadable.addAll(e.problems());
      return null;
    }
  }

  /** What a file declares, besides the project's own. */
  private void take(String file, MappingNode mapping) {
    for (NodeTuple tuple : mapping.getValue()) {
      String key = key(tuple);
      if (NOUNS.contains(key) && tuple.getValueNode() instanceof MappingNode declared) {
        nouns.computeIfAbsent(key, noun -> new ArrayList<>()).add(declared);
      } else if (NOUNS.contains(key)) {
        notes.problem(tuple.getKeyNode(), key, "must be a mapping (names and values)");
      } else if (!key.equals(DEFAULTS)) {
        notes.problem(
            tuple.getKeyNode(),
            key,
            "'"
                + key
                + "' can't stand here: only "
                + ProjectFile.NAME
                + " may say more than "
                + String.join(", ", NOUNS)
                + " and "
                + DEFAULTS
                + "."
                + Nearest.of(key, NOUNS));
      }
    }
  }

  /** The project's own mapping, with what the other files declare behind its own. */
  private MappingNode joined(MappingNode own) {
    List<NodeTuple> tuples = new ArrayList<>();
    Map<String, List<MappingNode>> left = new LinkedHashMap<>(nouns);
    for (NodeTuple tuple : own.getValue()) {
      List<MappingNode> more = left.remove(key(tuple));
      tuples.add(
          more == null || !(tuple.getValueNode() instanceof MappingNode first)
              ? tuple
              : new NodeTuple(tuple.getKeyNode(), together(first, more)));
    }
    left.forEach(
        (noun, more) ->
            tuples.add(
                new NodeTuple(
                    new ScalarNode(
                        Tag.STR,
                        true,
                        noun,
                        ScalarStyle.PLAIN,
                        more.get(0).getStartMark(),
                        more.get(0).getStartMark()),
                    together(more.get(0), more.subList(1, more.size())))));
    return new MappingNode(
        Tag.MAP, true, tuples, own.getFlowStyle(), own.getStartMark(), own.getEndMark());
  }

  private static Node together(MappingNode first, List<MappingNode> more) {
    if (more.isEmpty()) {
      return first;
    }
    List<NodeTuple> tuples = new ArrayList<>(first.getValue());
    more.forEach(other -> tuples.addAll(other.getValue()));
    return new MappingNode(
        Tag.MAP, true, tuples, FlowStyle.BLOCK, first.getStartMark(), first.getEndMark());
  }

  /** The defaults of a file; null if it has none. */
  private @Nullable Section of(MappingNode mapping) {
    for (NodeTuple tuple : mapping.getValue()) {
      if (key(tuple).equals(DEFAULTS)) {
        if (tuple.getValueNode() instanceof MappingNode said) {
          return new Section(notes, DEFAULTS, said);
        }
        notes.problem(tuple.getKeyNode(), DEFAULTS, "must be a mapping (names and values)");
      }
    }
    return null;
  }

  private static String key(NodeTuple tuple) {
    return tuple.getKeyNode() instanceof ScalarNode key ? key.getValue() : "";
  }

  /**
   * The texts below a folder whose names end in {@value #SUFFIX}, by their paths from there. Hidden
   * folders and those with a project of their own are left out; links aren't followed.
   *
   * @throws ProjectException if one isn't UTF-8
   */
  static SortedMap<String, String> below(Path folder) {
    List<Path> found = new ArrayList<>();
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path at, BasicFileAttributes attributes) {
              return at.equals(folder) || !isElsewhere(at)
                  ? FileVisitResult.CONTINUE
                  : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path at, BasicFileAttributes attributes) {
              if (attributes.isRegularFile() && at.toString().endsWith(SUFFIX)) {
                found.add(at);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path at, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
      SortedMap<String, String> texts = new TreeMap<>();
      for (Path file : found) {
        String name = folder.relativize(file).toString().replace('\\', '/');
        texts.put(name, text(file, name));
      }
      return texts;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isElsewhere(Path folder) {
    String name = Optional.ofNullable(folder.getFileName()).map(Path::toString).orElse("");
    return name.startsWith(".") || Files.exists(folder.resolve(ProjectFile.NAME));
  }

  /** A file's text. */
  static String text(Path file, String name) throws IOException {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new ProjectException(
          name, List.of(new Problem(0, "", "it is not UTF-8. Save it as UTF-8.")));
    }
  }
}
