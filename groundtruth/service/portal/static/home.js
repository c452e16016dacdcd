/** The list of open jobs. */

import { keepFresh } from "./page.js";

keepFresh(15);
