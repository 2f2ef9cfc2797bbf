package dev.headwater.model;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.user.UserClass;
import dev.headwater.user.UserCode;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A user's network by the name of what builds it, since a model's folder holds data and never code.
 * The name is of
 *
 * <ul>
 *   <li>a class that implements {@link NetworkBuilder}: {@code com.acme.Net};
 *   <li>a {@link Block} with a public constructor that takes the number of inputs: {@code
 *       com.acme.MyBlock};
 *   <li>a static method that takes it and gives a block: {@code com.acme.Nets::wide}. A lambda is
 *       one too, under the name that the compiler gave it.
 * </ul>
 */
public final class UserNetwork {
  private static final String WRITE =
      "name a public class that implements NetworkBuilder and has a public constructor without"
          + " arguments, a Block with a public constructor (int inputs), or a static method:"
          + " com.acme.Nets::wide.";

  private UserNetwork() {}

  /**
   * The name by which a builder is found again, in another process too.
   *
   * @throws HeadwaterException USAGE if it could not be
   */
  public static String name(NetworkBuilder builder) {
    SerializedLambda lambda = lambda(builder);
    if (lambda == null) {
      return named(builder.getClass());
    }
    String owner = lambda.getImplClass().replace('/', '.');
    if (lambda.getCapturedArgCount() > 0) {
      throw refused(
          "A lambda in " + owner + " uses values from around it, which no other process has.",
          "write them into the lambda, or make it a class.");
    }
    return switch (lambda.getImplMethodKind()) {
      case MethodHandleInfo.REF_newInvokeSpecial -> owner;
      case MethodHandleInfo.REF_invokeStatic -> owner + "::" + lambda.getImplMethodName();
      default ->
          throw refused(owner + "::" + lambda.getImplMethodName() + " is of an object.", WRITE);
    };
  }

  private static String named(Class<?> type) {
    UserClass.check(type);
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      if (Arrays.stream(at.getDeclaredFields())
          .anyMatch(field -> !Modifier.isStatic(field.getModifiers()))) {
        throw refused(
            "Network " + type.getName() + " has fields, which no other process has.",
            "make them constants: a model is loaded by its network's class alone.");
      }
    }
    return type.getName();
  }

  /**
   * The digest of the code that builds it, as it is on the class path.
   *
   * @throws HeadwaterException USAGE if there is no such network
   */
  public static String code(String java) {
    check(java);
    return UserCode.digest(java, UserClass.loader());
  }

  /**
   * Returns if there is something of this name that can build a network.
   *
   * @throws HeadwaterException USAGE if there is not
   */
  public static void check(String java) {
    Class<?> type = type(java);
    if (java.contains("::")) {
      method(type, java);
    } else if (NetworkBuilder.class.isAssignableFrom(type)) {
      UserClass.check(type);
    } else if (!Block.class.isAssignableFrom(type) || !takesInputs(type)) {
      throw refused(java + " is no network.", WRITE);
    }
  }

  private static boolean takesInputs(Class<?> type) {
    return Modifier.isPublic(type.getModifiers())
        && !Modifier.isAbstract(type.getModifiers())
        && Arrays.stream(type.getConstructors())
            .anyMatch(c -> Arrays.equals(c.getParameterTypes(), new Class<?>[] {int.class}));
  }

  private static Class<?> type(String java) {
    return UserClass.find(java.contains("::") ? java.substring(0, java.indexOf("::")) : java);
  }

  private static Method method(Class<?> type, String java) {
    String name = java.substring(java.indexOf("::") + 2);
    try {
      Method method = type.getDeclaredMethod(name, int.class);
      if (Modifier.isStatic(method.getModifiers())
          && Block.class.isAssignableFrom(method.getReturnType())) {
        return method;
      }
    } catch (NoSuchMethodException e) {
      // Said below.
    }
    throw refused(
        type.getName() + " has no static method " + name + " from int to Block.",
        "look at its name; a lambda's is the compiler's and may be another one since the code around"
            + " it changed: train again, or make it a class.");
  }

  /**
   * Returns if a model's network can be built here as it was in training.
   *
   * @throws HeadwaterException USAGE if there is no such network, REFUSED if its code is another
   */
  public static void check(NetworkSpec spec) {
    if (spec instanceof NetworkSpec.Custom custom && !code(custom.java()).equals(custom.code())) {
      throw new HeadwaterException(
          Kind.REFUSED,
          "Cannot use network "
              + custom.java()
              + ": its code is not what the model was trained with.",
          "train the model again, or put the classes that it was trained with on the class path.");
    }
  }

  /** The block, not yet initialised; where {@link #check(NetworkSpec)} lets it be. */
  static Block block(NetworkSpec.Custom spec, int inputs) {
    check(spec);
    String java = spec.java();
    Class<?> type = type(java);
    try {
      Block block;
      if (java.contains("::")) {
        Method method = method(type, java);
        method.setAccessible(true);
        block = (Block) method.invoke(null, inputs);
      } else if (NetworkBuilder.class.isAssignableFrom(type)) {
        block = ((NetworkBuilder) UserClass.make(type)).network(inputs);
      } else {
        block = (Block) type.getConstructor(int.class).newInstance(inputs);
      }
      if (block == null) {
        throw refused("Network " + java + " gives null.", "give a block.");
      }
      return block;
    } catch (InvocationTargetException e) {
      throw failed(java, e.getCause() == null ? e : e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    } catch (HeadwaterException e) {
      throw e;
    } catch (RuntimeException e) {
      throw failed(java, e);
    }
  }

  /** A row has one logit. */
  static void check(NetworkSpec.Custom spec, Shape[] given) {
    boolean fine =
        given.length == 1 && given[0].size() == Network.BATCH && given[0].get(0) == Network.BATCH;
    if (!fine) {
      throw refused(
          "Network "
              + spec.java()
              + " makes "
              + Arrays.toString(given)
              + " of "
              + Network.BATCH
              + " rows.",
          "end it with one unit a row: Linear.builder().setUnits(1).build().");
    }
  }

  static HeadwaterException failed(String java, Throwable cause) {
    return new HeadwaterException(
        Kind.USAGE,
        "Cannot build network " + java + ": " + cause + ".",
        "mend it; it gets blocks of (rows, inputs) floats and gives (rows, 1) logits.",
        cause);
  }

  private static HeadwaterException refused(String what, String fix) {
    return new HeadwaterException(Kind.USAGE, what, fix);
  }

  /** What a lambda says of itself, or null of a class of the user's. */
  private static @Nullable SerializedLambda lambda(NetworkBuilder builder) {
    try {
      Method write = builder.getClass().getDeclaredMethod("writeReplace");
      write.setAccessible(true);
      return write.invoke(builder) instanceof SerializedLambda lambda ? lambda : null;
    } catch (NoSuchMethodException e) {
      return null;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
