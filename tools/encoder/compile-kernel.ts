import { join } from "node:path";
import { pathToFileURL } from "node:url";

interface Compiler {
  main(
    options: string[],
    files: {
      readFile(name: string): string | null;
      writeFile(name: string, content: Uint8Array): void;
      listFiles(): string[];
    },
  ): Promise<{ error: Error | null; stderr: { toString(): string } }>;
}

/** The compiler wants its source to end in .ts, ours to be left alone by TypeScript's tools. */
const ENTRY = "kernel.ts";

/** Compiles AssemblyScript to WebAssembly with the compiler below `modules`. Throws with what it has to say. */
export async function compileKernel(source: string, modules: string): Promise<Uint8Array> {
  const path = join(modules, "assemblyscript", "dist", "asc.js");
  const compiler = ((await import(pathToFileURL(path).href)) as { default: Compiler }).default;
  let kernel: Uint8Array | null = null;
  const options = [ENTRY, "--outFile", "kernel.wasm", "-O3", "--noAssert", "--runtime", "stub", "--enable", "simd"];
  const { error, stderr } = await compiler.main(options, {
    readFile: (name) => (name === ENTRY ? source : null),
    writeFile: (_name, content) => (kernel = content),
    listFiles: () => [],
  });
  if (error || !kernel) throw new Error(`the kernel does not compile: ${stderr.toString()}`, { cause: error });
  return kernel;
}
