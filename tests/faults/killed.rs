//! kill -9 while writes of every kind are under way.
