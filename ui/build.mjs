// Builds ../airflow_provider_aam/ui/main.js, or with --out=FILE another file. React and Chakra UI are Airflow's own.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const HOST = {
  react: "React",
  "react/jsx-runtime": "ReactJSXRuntime",
  "react-router-dom": "ReactRouterDOM",
  "@chakra-ui/react": "ChakraUI",
};

const host = {
  name: "host",
  setup(builder) {
    builder.onResolve({ filter: /^[^./]/ }, ({ path }) => (path in HOST ? { path, namespace: "host" } : undefined));
    builder.onLoad({ filter: /./, namespace: "host" }, ({ path }) => ({
      contents: `module.exports = globalThis.${HOST[path]}`,
    }));
  },
};

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const given = process.argv.find((argument) => argument.startsWith("--out="));

await build({
  absWorkingDir: here("."),
  entryPoints: ["src/main.tsx"],
  outfile: given ? given.slice("--out=".length) : here("../airflow_provider_aam/ui/main.js"),
  bundle: true,
  minify: true,
  format: "esm",
  jsx: "automatic",
  target: "es2022",
  charset: "utf8",
  plugins: [host],
  logLevel: "warning",
});
