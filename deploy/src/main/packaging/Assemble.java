import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.ClassFileVersion;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// Puts the launcher script and the jar of everything into one executable file: a zip file is read from its end, so that
/// what stands before it does not matter.
///
/// On the way it brings classes of old Java releases (picocli is compiled for Java 5) to a format with stack maps. Only
/// such classes can go into the start-up cache; read from the jar they would be a third of a start.
///
///     java Assemble.java SCRIPT JAR EXECUTABLE
class Assemble {
    private static final int OLDEST_WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;
    private static final int FORMAT = ClassFile.JAVA_8_VERSION;

    static void main(String[] args) throws IOException {
        var executable = Path.of(args[2]);
        try (var jar = new ZipFile(args[1]);
                var out = Files.newOutputStream(executable)) {
            Files.copy(Path.of(args[0]), out);
            copy(jar, out);
        }
        Files.setPosixFilePermissions(executable, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void copy(ZipFile jar, OutputStream out) throws IOException {
        var classes =
                ClassFile.of(
                        ClassFile.ClassHierarchyResolverOption.of(hierarchyIn(jar)),
                        ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                        ClassFile.ConstantPoolSharingOption.NEW_POOL);
        var zip = new ZipOutputStream(out);
        zip.setLevel(Deflater.BEST_COMPRESSION);
        for (var entry : Collections.list(jar.entries())) {
            var copied = new ZipEntry(entry.getName());
            copied.setTimeLocal(entry.getTimeLocal()); // As it was: two builds of one commit are the same bytes.
            zip.putNextEntry(copied);
            byte[] bytes = jar.getInputStream(entry).readAllBytes();
            zip.write(entry.getName().endsWith(".class") ? modern(classes, bytes) : bytes);
        }
        zip.finish();
    }

    private static byte[] modern(ClassFile classes, byte[] bytes) {
        int major = (bytes[6] & 0xff) << 8 | bytes[7] & 0xff;
        if (major >= OLDEST_WITH_STACK_MAPS) {
            return bytes;
        }
        // Each body is written anew, or it would be copied as it is, without stack maps.
        ClassTransform newBodies = ClassTransform.transformingMethodBodies((code, element) -> code.with(element));
        ClassTransform newFormat =
                (builder, element) -> {
                    if (element instanceof ClassFileVersion) {
                        builder.withVersion(FORMAT, 0);
                    } else {
                        builder.with(element);
                    }
                };
        return classes.transformClass(classes.parse(bytes), newFormat.andThen(newBodies));
    }

    /// Which class extends which, as far as stack maps need to know.
    private static ClassHierarchyResolver hierarchyIn(ZipFile jar) {
        return ClassHierarchyResolver.ofResourceParsing(
                        (ClassDesc name) -> {
                            var descriptor = name.descriptorString();
                            var entry = jar.getEntry(descriptor.substring(1, descriptor.length() - 1) + ".class");
                            try {
                                return entry == null ? null : jar.getInputStream(entry);
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        })
                .orElse(ClassHierarchyResolver.defaultResolver());
    }
}
