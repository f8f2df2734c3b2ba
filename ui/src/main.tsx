// Airflow imports this file for its side effect, and renders what it finds under this name.
import { AudienceManager } from "./page";

(globalThis as any).AirflowPlugin = AudienceManager;
