// The Firestore of the tests, on the port given.
import { FirestoreServer } from "@firestore-emulator/server";

await new FirestoreServer().start(Number(process.argv[2]));
