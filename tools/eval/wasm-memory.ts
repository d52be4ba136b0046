// V8 does not count WebAssembly's memories among an isolate's buffers: they are logFields here as they are made.

const memories: WebAssembly.Memory[] = [];

WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(target, input, newTarget) {
    const instance = Reflect.construct(target, input, newTarget) as WebAssembly.Instance;
    for (const exported of Object.values(instance.exports)) {
      if (exported instanceof WebAssembly.Memory) memories.push(exported);
    }
    return instance;
  },
});

/** Bytes that this isolate's WebAssembly instances have asked for. */
export const wasmBytes = (): number => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
