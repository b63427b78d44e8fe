import tseslint from "typescript-eslint";

/** What may import what: arrows run one way, commands -> cube -> experiment -> sequential -> stats; bandit rests on stats. */
const layers = {
  stats: ["sequential", "experiment", "cube", "commands", "assign", "simulate", "bandit"],
  sequential: ["experiment", "cube", "commands", "assign", "simulate", "bandit"],
  experiment: ["cube", "commands", "assign", "simulate"],
  cube: ["commands", "simulate", "bandit"],
  assign: ["stats", "sequential", "experiment", "cube", "commands", "simulate", "bandit"],
  simulate: ["sequential", "experiment", "cube", "commands"],
  bandit: ["sequential", "experiment", "cube", "commands", "assign", "simulate"]
};

export default tseslint.config(
  {
    ignores: [
      "dist/**",
      "src/lib/**",
      "src/.observablehq/**",
      "node_modules/**",
      ".readout/**",
      "src/readouts/*/*.json"
    ]
  },
  ...tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", {argsIgnorePattern: "^_", varsIgnorePattern: "^_"}],
      "@typescript-eslint/consistent-type-imports": "error",
      eqeqeq: ["error", "always", {null: "ignore"}],
      "no-eval": "error",
      "prefer-const": "error"
    }
  },
  ...Object.entries(layers).map(([layer, above]) => ({
    files: [`lib/${layer}/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: above.map((name) => `**/${name}/**`),
              message: `lib/${layer} may not import from there: data goes down one way.`
            }
          ]
        }
      ]
    }
  }))
);
