package dev.headwater.runners;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What others can call and extend, a line each: types, what they are, their public members, also
 * those of our own types above them. Types that others may extend are {@code open}; their protected
 * members count, and {@code abstract} ones are said twice, as what must be implemented.
 *
 * <p>No lines have constructors with all parts of a record: records gain parts.
 */
final class PublicApi {
  private static final String OURS = "dev.headwater.";
  private static final Pattern WORDS =
      Pattern.compile(
          "^((public|protected|abstract|final|default|synchronized|native|transient|volatile) )+");
  private static final Pattern STATIC =
      Pattern.compile("^static (final |synchronized |native |volatile )+");

  /** What all objects have, whoever overrides it. */
  private static final Set<String> OF_ALL = Set.of("equals1", "hashCode0", "toString0");

  private final Set<String> lines = new TreeSet<>();

  private PublicApi() {}

  /** Of the packages and classes of these names. */
  static Set<String> of(Iterable<String> names) throws IOException {
    PublicApi api = new PublicApi();
    for (String name : names) {
      String simple = name.substring(name.lastIndexOf('.') + 1);
      boolean all = Character.isLowerCase(simple.charAt(0));
      String room = all ? name : name.substring(0, name.lastIndexOf('.'));
      String path = room.replace('.', '/');
      for (URL place : Collections.list(PublicApi.class.getClassLoader().getResources(path))) {
        URI uri = URI.create(place.toString());
        if (uri.getPath() != null && uri.getPath().contains("/test-classes/")) {
          continue;
        }
        try (FileSystem jar =
            "jar".equals(uri.getScheme()) ? FileSystems.newFileSystem(uri, Map.of()) : null) {
          api.room(jar == null ? Path.of(uri) : jar.getPath("/" + path), room, all ? "" : simple);
        }
      }
    }
    return api.lines;
  }

  private void room(Path folder, String room, String only) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".class") && !file.equals("package-info.class"))
          .map(file -> file.substring(0, file.length() - ".class".length()))
          .filter(file -> only.isEmpty() || file.equals(only) || file.startsWith(only + "$"))
          .forEach(file -> look(room + "." + file));
    }
  }

  /** Of one class. */
  static Set<String> describe(Class<?> type) {
    PublicApi api = new PublicApi();
    api.add(type);
    return api.lines;
  }

  private void look(String name) {
    try {
      Class<?> type = Class.forName(name, false, PublicApi.class.getClassLoader());
      if (!type.isSynthetic() && seen(type)) {
        add(type);
      }
    } catch (ClassNotFoundException e) {
      throw new UncheckedIOException(new IOException(name, e));
    }
  }

  /** A nested class is as public as it and all around it are. */
  private static boolean seen(@Nullable Class<?> type) {
    return type == null
        || Modifier.isPublic(type.getModifiers())
            && !type.isAnonymousClass()
            && !type.isLocalClass()
            && seen(type.getEnclosingClass());
  }

  private void add(Class<?> type) {
    String kind =
        type.isInterface()
            ? "interface"
            : type.isRecord() ? "record" : type.isEnum() ? "enum" : "class";
    line(type, kind);
    boolean open = open(type);
    if (open) {
      line(type, "open");
    }
    for (Constructor<?> each : type.getDeclaredConstructors()) {
      if (counts(each, open) && !(type.isRecord() && ofAllParts(each, type))) {
        line(type, words(each.toGenericString()));
      }
    }
    members(type, type, type, open);
  }

  /** Of a type and those of ours above it: as they are, and as they are said there. */
  private void members(Class<?> type, Class<?> at, Type said, boolean open) {
    boolean ours = at.getName().startsWith(OURS);
    if (at != type && at != Object.class && at != Record.class && (!ours || seen(at))) {
      line(type, "is " + said.getTypeName());
    }
    if (!ours) {
      return;
    }
    for (Field each : at.getDeclaredFields()) {
      if (!each.isSynthetic() && counts(each.getModifiers(), open)) {
        line(type, bare(each.toGenericString(), at, each.getName()));
      }
    }
    for (Method each : at.getDeclaredMethods()) {
      if (counts(each, open) && !OF_ALL.contains(each.getName() + each.getParameterCount())) {
        String bare = bare(each.toGenericString(), at, each.getName() + "(");
        line(type, bare);
        if (open && Modifier.isAbstract(each.getModifiers())) {
          line(type, ApiTest.ABSTRACT + bare);
        }
      }
    }
    if (at.getSuperclass() != null) {
      members(type, at.getSuperclass(), at.getGenericSuperclass(), open);
    }
    for (int i = 0; i < at.getInterfaces().length; i++) {
      members(type, at.getInterfaces()[i], at.getGenericInterfaces()[i], open);
    }
  }

  private static boolean open(Class<?> type) {
    return !Modifier.isFinal(type.getModifiers())
        && !type.isSealed()
        && (type.isInterface()
            || Arrays.stream(type.getDeclaredConstructors())
                .anyMatch(each -> counts(each.getModifiers(), true)));
  }

  private static boolean counts(Executable each, boolean open) {
    return !each.isSynthetic() && counts(each.getModifiers(), open);
  }

  private static boolean counts(int modifiers, boolean open) {
    return Modifier.isPublic(modifiers) || open && Modifier.isProtected(modifiers);
  }

  private static boolean ofAllParts(Constructor<?> each, Class<?> type) {
    return Arrays.equals(
        each.getParameterTypes(),
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new));
  }

  private static String bare(String text, Class<?> at, String member) {
    return words(text).replace(at.getTypeName() + "." + member, member);
  }

  /** Without what may change: a default method can become an abstract class's, or final. */
  private static String words(String text) {
    return STATIC.matcher(WORDS.matcher(text).replaceFirst("")).replaceFirst("static ");
  }

  private void line(Class<?> type, String what) {
    lines.add(type.getName() + " " + what);
  }
}
