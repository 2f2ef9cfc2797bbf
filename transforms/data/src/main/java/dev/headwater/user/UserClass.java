package dev.headwater.user;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.Arrays;

/** A user's class, found by its name on the class path. */
public final class UserClass {
  private static final String PATH =
      "put its jar or folder on the class path: HEADWATER_CLASSPATH=my.jar headwater run, or declare"
          + " the project in a main of your own that has it.";

  private UserClass() {}

  /** Where users' classes are looked for: where this thread's are. */
  public static ClassLoader loader() {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    return loader == null ? UserClass.class.getClassLoader() : loader;
  }

  /**
   * The class of this name; nothing of it has run yet.
   *
   * @param name as {@link Class#getName}: nested ones with {@code $}
   * @throws HeadwaterException USAGE if there is none
   */
  public static Class<?> find(String name) {
    try {
      return Class.forName(name, false, loader());
    } catch (ClassNotFoundException e) {
      throw new HeadwaterException(
          Kind.USAGE, "There is no class " + name + " on the class path.", PATH, e);
    } catch (LinkageError e) {
      throw new HeadwaterException(
          Kind.USAGE, "Class " + name + " cannot be loaded: " + e + ".", PATH, e);
    }
  }

  /**
   * A new object of a class.
   *
   * @throws HeadwaterException USAGE if it cannot be made
   */
  public static Object make(Class<?> type) {
    check(type);
    try {
      return type.getConstructor().newInstance();
    } catch (InvocationTargetException e) {
      throw new HeadwaterException(
          Kind.USAGE,
          "The constructor of " + type.getName() + " failed: " + e.getCause() + ".",
          "mend it, or leave the class out of the project.",
          e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Returns if {@link #make} can make an object of this class.
   *
   * @throws HeadwaterException USAGE if it cannot
   */
  public static void check(Class<?> type) {
    if (!makeable(type)) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Cannot make an object of class " + type.getName() + ".",
          "make it public (nested: static), not abstract, with a public constructor without"
              + " arguments.");
    }
  }

  private static boolean makeable(Class<?> type) {
    return Modifier.isPublic(type.getModifiers())
        && !Modifier.isAbstract(type.getModifiers())
        && Arrays.stream(type.getConstructors()).anyMatch(c -> c.getParameterCount() == 0);
  }
}
