"""The rows of ten fields that every program under measurement has."""

from django.db import models


class Customer(models.Model):
    name = models.CharField(max_length=200, db_index=True)
    email = models.CharField(max_length=200)
    phone = models.CharField(max_length=50)
    company = models.CharField(max_length=200)
    street = models.CharField(max_length=200)
    city = models.CharField(max_length=100)
    country = models.CharField(max_length=10)
    notes = models.TextField(blank=True)
    active = models.BooleanField(default=True)
    vip = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name
