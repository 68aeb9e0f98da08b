// A client of ESIA v1 that we did not write: the npm package esia 0.2.3 (MIT), as a program for the tests.
//
//     esia_v1.mjs MODULES SETTINGS authorize      -> {"url": …, "state": …}
//     esia_v1.mjs MODULES SETTINGS complete CODE  -> {"marker": …, "data": […]}
//
// MODULES is the folder with node_modules; SETTINGS is a JSON file with the package's configuration.
// An error of the package is printed as {"error": …}.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [modules, settings, command, code] = process.argv.slice(2);
const esia = createRequire(`${modules}/`)("esia")(JSON.parse(readFileSync(settings, "utf8")));
const print = (answer) => console.log(JSON.stringify(answer));
if (command === "authorize") {
  const { url, params } = esia.getAuth();
  print({ url, state: params.state });
} else {
  await esia.getAccess(code).then(print, (error) => print({ error: error.message }));
}
