// Reads {name: page} as JSON, writes what html-validate has against the pages, one line each.
// With the argument "mail" the pages are mails.

const { HtmlValidate, StaticConfigLoader } = require("html-validate")

const forPages = {
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    "doctype-style": ["error", { style: "lowercase" }],
    // A button that sends its form is what HTML makes of one without a type.
    "no-implicit-button-type": "off",
    // Each language's button sends the form under the same name, with another value.
    "form-dup-name": ["error", { shared: ["radio", "submit", "button", "reset"] }],
  },
}

const forMails = {
  ...forPages,
  rules: {
    // Mail programs look for the doctype as HTML 4 wrote it.
    "doctype-style": ["error", { style: "uppercase" }],
    // They drop style sheets, and elements that they do not know.
    "no-inline-style": "off",
    "prefer-native-element": "off",
  },
}

const pages = JSON.parse(require("node:fs").readFileSync(0, "utf8"))
const validator = new HtmlValidate(new StaticConfigLoader(process.argv[2] === "mail" ? forMails : forPages))

async function main() {
  for (const [name, page] of Object.entries(pages)) {
    const report = await validator.validateString(page, `${name}.html`)
    for (const { messages } of report.results) {
      for (const { ruleId, message, line, column } of messages) {
        console.log(`${name}:${line}:${column} ${ruleId}: ${message}`)
      }
    }
  }
}

main()
